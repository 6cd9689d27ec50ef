import type { Conversation, OutputFormat } from '../../core/conversation.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { field } from './fields.ts'
import {
  type Reading,
  readFlag,
  readInteger,
  readNumber,
  readObject,
  readText,
  readTexts,
  refuse,
  refuseHere,
  warnOfOthers,
} from './reading.ts'
import { toJsonSchema } from './schema.ts'
import { parseThinking } from './thinking.ts'

type Settings = Pick<
  Conversation,
  | 'output'
  | 'maxOutputTokens'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'stopSequences'
  | 'seed'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'reasoning'
>

const known = new Set([
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'thinkingConfig',
  'candidateCount',
  'responseModalities',
  'responseLogprobs',
])

const path = 'generationConfig'

/** `generationConfig`. What would change the kind of the reply is refused, hints are left out. */
export function parseConfig(body: JsonObject, reading: Reading): Settings {
  const config = readObject(reading, body, 'generationConfig', path) ?? {}
  refuseOtherReplies(config, reading)
  warnOfOthers(reading, config, known, `${path}.`)
  const number = (name: string) => readNumber(reading, config, name, `${path}.${name}`)
  const integer = (name: string) => readInteger(reading, config, name, `${path}.${name}`)
  const maxOutputTokens = integer('maxOutputTokens')
  if (maxOutputTokens !== null && maxOutputTokens < 1) {
    refuse(reading, `${path}.maxOutputTokens`, `${path}.maxOutputTokens must be at least 1.`)
  }
  return {
    output: parseOutput(config, reading),
    maxOutputTokens,
    temperature: number('temperature'),
    topP: number('topP'),
    topK: number('topK'),
    stopSequences: readTexts(reading, config, 'stopSequences', `${path}.stopSequences`),
    seed: integer('seed'),
    presencePenalty: number('presencePenalty'),
    frequencyPenalty: number('frequencyPenalty'),
    reasoning: parseThinking(config, reading),
  }
}

function refuseOtherReplies(config: JsonObject, reading: Reading): void {
  const candidates = readInteger(reading, config, 'candidateCount', `${path}.candidateCount`)
  if (candidates !== null && candidates > 1) {
    refuseHere(
      reading,
      `${path}.candidateCount`,
      `${path}.candidateCount must be 1 for this model.`,
    )
  }
  const modalities = field(config, 'responseModalities') ?? []
  for (const modality of Array.isArray(modalities) ? modalities : [modalities]) {
    // 1 is TEXT in bodies with `enum-encoding=int`.
    if (modality === 1 || String(modality).toUpperCase() === 'TEXT') continue
    const at = `${path}.responseModalities`
    refuseHere(reading, at, `${at} asks for ${String(modality)}: this model answers in TEXT.`)
  }
  if (readFlag(reading, config, 'responseLogprobs', `${path}.responseLogprobs`) === true) {
    const message = `${path}.responseLogprobs is not available for this model: leave it out.`
    refuseHere(reading, `${path}.responseLogprobs`, message)
  }
  for (const name of ['speechConfig', 'imageConfig', 'responseFormat']) {
    if (field(config, name) === undefined) continue
    const message = `${path}.${name} is not available for this model: leave it out.`
    refuseHere(reading, `${path}.${name}`, message)
  }
}

function parseOutput(config: JsonObject, reading: Reading): OutputFormat {
  const mimeType = readText(reading, config, 'responseMimeType', `${path}.responseMimeType`)
  const openApi = readObject(reading, config, 'responseSchema', `${path}.responseSchema`)
  const jsonSchema = readObject(reading, config, 'responseJsonSchema', `${path}.responseJsonSchema`)
  const schema = jsonSchema ?? (openApi === null ? null : toJsonSchema(openApi))
  const json = mimeType?.toLowerCase().startsWith('application/json') === true
  if (mimeType !== null && mimeType !== '' && mimeType !== 'text/plain' && !json) {
    const at = `${path}.responseMimeType`
    const possible = 'this model writes text/plain or application/json'
    refuseHere(reading, at, `${at} is "${mimeType}": ${possible}.`)
  }
  if (schema !== null) return schemaOutput(schema)
  return { type: json ? 'json' : 'text' }
}

/** Other dialects name their schemas; the title is the nearest thing to a name. */
function schemaOutput(schema: JsonObject): OutputFormat {
  const { title, description } = schema
  const name = typeof title === 'string' ? title.replace(/[^\w-]+/g, '_').slice(0, 64) : ''
  return {
    type: 'json-schema',
    name: name || 'response',
    description: typeof description === 'string' ? description : null,
    schema: isObject(schema) ? schema : {},
    strict: null,
  }
}
