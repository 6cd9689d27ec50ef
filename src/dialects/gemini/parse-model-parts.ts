import type { AssistantPart, Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CallBook } from './call-book.ts'
import { field } from './fields.ts'
import { parseMedia } from './parse-media.ts'
import { type Reading, readFlag, readObject, readText, refuse, warn } from './reading.ts'
import { readSignature } from './signature.ts'
import { argsToInput } from './tool-input.ts'

/** Adds to `content` what the model said in an earlier turn, or in a chunk of one. */
export function addModelParts(
  content: AssistantPart[],
  parts: readonly JsonObject[],
  path: string,
  calls: CallBook,
  reading: Reading,
): void {
  for (const [index, part] of parts.entries()) {
    const at = `${path}.parts[${index}]`
    const signature = readSignature(
      readText(reading, part, 'thoughtSignature', `${at}.thoughtSignature`),
    )
    const call = readObject(reading, part, 'functionCall', `${at}.functionCall`)
    if (call !== null) {
      content.push(parseCall(call, `${at}.functionCall`, signature, calls, reading))
      continue
    }
    const media = parseMedia(part, at, reading)
    if (media !== null) {
      content.push(media)
      continue
    }
    const own = ownPart(part)
    if (own !== null) {
      warn(reading, `${own} parts only mean something to Gemini and are left out of the history.`)
      continue
    }
    const text = readText(reading, part, 'text', `${at}.text`)
    if (readFlag(reading, part, 'thought', `${at}.thought`) === true) {
      addThought(content, text, signature)
    } else {
      addText(content, text ?? '', signature)
    }
  }
}

function parseCall(
  call: JsonObject,
  at: string,
  signature: Signature | null,
  calls: CallBook,
  reading: Reading,
): AssistantPart {
  const name = readText(reading, call, 'name', `${at}.name`)
  if (!name) refuse(reading, `${at}.name`, `${at}.name is missing: name the function called.`)
  const args = readObject(reading, call, 'args', `${at}.args`)
  const id = calls.call(readText(reading, call, 'id', `${at}.id`) || null, name ?? '')
  return { type: 'tool-call', id, name: name ?? '', input: argsToInput(args), signature }
}

const ownParts = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse']

function ownPart(part: JsonObject): string | null {
  return ownParts.find((name) => field(part, name) !== undefined) ?? null
}

/**
 * Clients keep the chunks of a stream as they came. Pieces of one thought (or one text) are joined
 * again up to the signature that covers them: other providers check it against the joined text.
 */
function addThought(content: AssistantPart[], text: string | null, signature: Signature | null) {
  const last = content.at(-1)
  if (last?.type === 'reasoning' && last.signature === null) {
    content[content.length - 1] = { ...last, text: last.text + (text ?? ''), signature }
  } else if (text || signature !== null) {
    const redacted = text === null
    content.push({ type: 'reasoning', text: text ?? '', signature, redacted })
  }
}

function addText(content: AssistantPart[], text: string, signature: Signature | null) {
  const last = content.at(-1)
  if (last?.type === 'text' && !last.signature) {
    content[content.length - 1] = { ...last, text: last.text + text, signature }
  } else if (text !== '' || signature !== null) {
    content.push({ type: 'text', text, signature })
  }
}
