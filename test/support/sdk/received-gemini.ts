import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { isObject } from '../../../src/core/json.ts'
import type { Received, ReceivedFile } from './received.ts'
import { list, number, object, text, unexpected } from './wire.ts'

const known = [
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
]

interface Spoken {
  readonly role: 'user' | 'assistant'
  readonly part: JsonObject
}

export function receivedByGemini(body: JsonObject): Received {
  const parts = list(body['contents'], 'contents').flatMap((one) =>
    spokenIn(object(one, 'content')),
  )
  const having = (name: string) => parts.filter(({ part }) => part[name] !== undefined)
  const said = having('text').filter(({ part }) => part['text'] !== '' && part['thought'] !== true)
  const config = isObject(body['generationConfig']) ? body['generationConfig'] : {}
  const thinking = isObject(config['thinkingConfig']) ? config['thinkingConfig'] : null
  return {
    system: isObject(body['systemInstruction'])
      ? list(body['systemInstruction']['parts'], 'parts')
          .map((part) => text(object(part, 'part')['text'], 'text'))
          .join('\n')
      : '',
    developer: '',
    turns: joined(said),
    files: [...having('inlineData'), ...having('fileData')].map(({ part }) => file(part)),
    tools: list(body['tools'], 'tools')
      .flatMap((tool) => list(object(tool, 'tool')['functionDeclarations'], 'declarations'))
      .map((one) => {
        const declared = object(one, 'declaration')
        return {
          name: text(declared['name'], 'name'),
          schema: declared['parametersJsonSchema'] ?? null,
        }
      }),
    choice: choiceOf(body['toolConfig']),
    parallel: null,
    calls: having('functionCall').map(({ part }) => {
      const call = object(part['functionCall'], 'functionCall')
      const id = typeof call['id'] === 'string' ? call['id'] : ''
      return { id, name: text(call['name'], 'name'), input: object(call['args'], 'args') }
    }),
    results: having('functionResponse').map(({ part }) => {
      const result = object(part['functionResponse'], 'functionResponse')
      const id = typeof result['id'] === 'string' ? result['id'] : ''
      text(result['name'], 'functionResponse.name')
      return { id, text: JSON.stringify(object(result['response'], 'response')) }
    }),
    schema: schemaOf(config),
    maxTokens: number(config['maxOutputTokens'], 'maxOutputTokens'),
    stop: list(config['stopSequences'], 'stopSequences').map((one) => text(one, 'stop')),
    thinks: thinking !== null,
    reasoning: having('thought')
      .map(({ part }) => text(part['text'], 'thought'))
      .join(''),
    signatures: having('thoughtSignature').map(({ part }) => text(part['thoughtSignature'], 'sig')),
  }
}

function spokenIn(content: JsonObject): Spoken[] {
  const { role } = content
  if (role !== 'user' && role !== 'model') return unexpected('role', role)
  return list(content['parts'], 'parts').map((one) => {
    const part = object(one, 'part')
    if (Object.keys(part).some((key) => !known.includes(key))) return unexpected('part', part)
    return { role: role === 'user' ? 'user' : 'assistant', part }
  })
}

/** A turn may come in any number of parts. */
function joined(said: readonly Spoken[]): Received['turns'] {
  const turns: { role: Spoken['role']; text: string }[] = []
  for (const { role, part } of said) {
    const last = turns.at(-1)
    const piece = text(part['text'], 'text')
    if (last?.role === role) last.text += piece
    else turns.push({ role, text: piece })
  }
  return turns
}

function file(part: JsonObject): ReceivedFile {
  if (part['inlineData'] !== undefined) {
    const inline = object(part['inlineData'], 'inlineData')
    const mediaType = text(inline['mimeType'], 'mimeType')
    return { mediaType, data: text(inline['data'], 'data'), filename: null }
  }
  const stored = object(part['fileData'], 'fileData')
  const mediaType = typeof stored['mimeType'] === 'string' ? stored['mimeType'] : null
  return { mediaType, data: text(stored['fileUri'], 'fileUri'), filename: null }
}

function choiceOf(toolConfig: JsonValue | undefined): Received['choice'] {
  if (toolConfig === undefined) return 'auto'
  const config = object(object(toolConfig, 'toolConfig')['functionCallingConfig'], 'calling')
  switch (config['mode']) {
    case 'AUTO':
      return 'auto'
    case 'NONE':
      return 'none'
    case 'ANY': {
      const [only, ...others] = list(config['allowedFunctionNames'], 'allowedFunctionNames')
      if (others.length > 0) return unexpected('allowedFunctionNames', others.length)
      return only === undefined ? 'required' : { tool: text(only, 'name') }
    }
    default:
      return unexpected('mode', config['mode'])
  }
}

function schemaOf(config: JsonObject): JsonValue {
  const type = config['responseMimeType']
  if (type === undefined || type === 'text/plain') return null
  if (type !== 'application/json') return unexpected('responseMimeType', type)
  return config['responseJsonSchema'] ?? null
}
