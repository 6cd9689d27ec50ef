import type { AssistantPart, Message, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { type Building, mediaPart } from './build-media.ts'
import { isGemini3 } from './models.ts'
import { textToResponse } from './tool-response.ts'
import { functionCallPart, textPart, thoughtPart } from './write-parts.ts'

interface Content {
  readonly role: 'user' | 'model'
  readonly parts: JsonObject[]
}

/**
 * Messages as `contents`: two roles, neighbours of one role in one content. System messages
 * excepted.
 */
export function buildContents(messages: readonly Message[], building: Building): JsonObject[] {
  const contents: Content[] = []
  const names = toolNames(messages)
  for (const message of messages) {
    if (message.role === 'system') continue
    const role = message.role === 'assistant' ? 'model' : 'user'
    const parts = partsOf(message, names, building)
    if (parts.length === 0) continue
    const last = contents.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else contents.push({ role, parts })
  }
  if (isGemini3(building.model)) contents.forEach(letUnsignedCallPass)
  return contents.map(({ role, parts }) => ({ role, parts }))
}

function partsOf(
  message: Exclude<Message, { role: 'system' }>,
  names: ReadonlyMap<string, string>,
  building: Building,
): JsonObject[] {
  switch (message.role) {
    case 'assistant':
      return message.content
        .map((part) => assistantPart(part, building))
        .filter((part) => part !== null)
    case 'tool':
      return message.content.flatMap((result) => resultParts(result, names, building))
    case 'user':
      return message.content.flatMap((part) => {
        if (part.type === 'file') return [mediaPart(part, building)]
        return part.text === '' ? [] : [textPart(part.text)]
      })
  }
}

function assistantPart(part: AssistantPart, building: Building): JsonObject | null {
  switch (part.type) {
    case 'text':
    case 'refusal': {
      const signature = part.type === 'text' ? own(part.signature) : null
      return part.text === '' && signature === null ? null : textPart(part.text, signature)
    }
    case 'reasoning': {
      const signature = own(part.signature)
      const empty = part.text === '' && signature === null
      return empty ? null : thoughtPart(part.text, signature, part.redacted)
    }
    case 'tool-call':
      return functionCallPart(part, own(part.signature))
    case 'file':
      return mediaPart(part, building)
  }
}

type AnySignature = Extract<AssistantPart, { type: 'tool-call' }>['signature']

/** Another provider's signature means nothing to Google, which refuses what it cannot verify. */
function own(signature: AnySignature): NonNullable<AnySignature> | null {
  return signature?.dialect === 'gemini' ? signature : null
}

/** Google pairs results with calls by name, which other dialects do not repeat. */
function toolNames(messages: readonly Message[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const message of messages) {
    if (message.role !== 'assistant') continue
    for (const part of message.content) {
      if (part.type === 'tool-call') names.set(part.id, part.name)
    }
  }
  return names
}

function resultParts(
  result: ToolResultPart,
  names: ReadonlyMap<string, string>,
  building: Building,
): JsonObject[] {
  const texts = result.content.flatMap((part) => (part.type === 'text' ? part.text : []))
  const media = result.content.flatMap((part) =>
    part.type === 'file' ? [mediaPart(part, building)] : [],
  )
  const nested = media.length > 0 && isGemini3(building.model)
  const response = {
    id: result.callId,
    name: names.get(result.callId) ?? (result.name || 'unknown'),
    response:
      texts.length === 0 && media.length > 0
        ? {}
        : textToResponse(texts.join('\n'), result.isError),
    ...(nested && { parts: media }),
  }
  // Older models look at media only beside the response.
  return [{ functionResponse: response }, ...(nested ? [] : media)]
}

/**
 * Gemini 3 refuses a history whose first call of a step has no signature, as a call made by another
 * model has none. This value is Google's documented way to say so.
 */
const NO_SIGNATURE = 'skip_thought_signature_validator'

function letUnsignedCallPass({ parts }: Content): void {
  const first = parts.find((part) => part['functionCall'] !== undefined)
  if (first !== undefined && first['thoughtSignature'] === undefined) {
    first['thoughtSignature'] = NO_SIGNATURE
  }
}
