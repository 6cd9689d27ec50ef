import type {
  AssistantPart,
  FilePart,
  ReasoningPart,
  ToolCallPart,
} from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, isObject, objectAt, stringAt } from '../../core/json.ts'
import { readDataUrl } from '../data-url.ts'
import { readGoogleSignature } from './google-signature.ts'
import { cacheMark, parseContent } from './parse-content.ts'
import { partsOfDetails } from './reasoning-details.ts'
import { stableCallId } from './stable-id.ts'
import type { StrictReading } from './strict-reading.ts'
import { customInputMember } from './tool-call-style.ts'

/**
 * * Calls without an id of their own: those of before 2024, whose results follow by name, and those
 * of providers that send an empty id, whose results follow in order.
 */
export class NamelessCalls {
  readonly #open: { name: string; id: string }[] = []
  #made = 0

  called(name: string): string {
    const id = stableCallId(null, this.#made++, name)
    this.#open.push({ name, id })
    return id
  }

  /** The id of the earliest call without a result, of that name if one is given. */
  answered(name: string | null): string {
    const at = this.#open.findIndex((call) => name === null || call.name === name)
    const [call] = at < 0 ? [] : this.#open.splice(at, 1)
    return call?.id ?? stableCallId(null, this.#made, name ?? '')
  }
}

/** An assistant's turn in the order it came about: thought, said, shown, called. */
export function parseAssistant(
  entry: JsonObject,
  path: string,
  nameless: NamelessCalls,
  reading: StrictReading,
): AssistantPart[] {
  const refusal = reading.text(entry, 'refusal', `${path}.refusal`)
  if (objectAt(entry, 'audio') !== null) {
    reading.leftOut('Earlier spoken replies are kept by their provider only and were left out.')
  }
  return [
    ...parseReasoning(entry),
    ...parseSaid(entry, path, reading),
    ...(refusal === null || refusal === '' ? [] : [{ type: 'refusal' as const, text: refusal }]),
    ...arrayAt(entry, 'images').flatMap(parseImage),
    ...reading
      .objects(entry, 'tool_calls', `${path}.tool_calls`)
      .map(([call, at]) => parseCall(call, at, nameless, reading)),
    ...parseLegacyCall(entry, path, nameless, reading),
  ]
}

function parseReasoning(entry: JsonObject): ReasoningPart[] {
  const shown = stringAt(entry, 'reasoning_content') ?? stringAt(entry, 'reasoning') ?? ''
  return partsOfDetails(arrayAt(entry, 'reasoning_details'), shown)
}

function parseSaid(entry: JsonObject, path: string, reading: StrictReading): AssistantPart[] {
  const content = entry['content']
  if (content === undefined || content === null) return []
  const special = Array.isArray(content) ? content.map(specialPart) : []
  const plain = Array.isArray(content)
    ? content.filter((_, index) => special[index] === null)
    : content
  const said = parseContent(plain, `${path}.content`, reading)
  const signature = readGoogleSignature(entry)
  const signed = said.map((part, index) =>
    part.type === 'text' && signature !== null && index === said.length - 1
      ? { ...part, signature }
      : part,
  )
  return [...special.filter((part) => part !== null), ...signed]
}

/** Parts only an assistant's content has: refusals, and thinking as Mistral writes it. */
function specialPart(part: JsonValue): AssistantPart | null {
  if (stringAt(part, 'type') === 'refusal') {
    return { type: 'refusal', text: stringAt(part, 'refusal') ?? '' }
  }
  if (stringAt(part, 'type') !== 'thinking') return null
  const pieces = arrayAt(part, 'thinking').map((piece) => stringAt(piece, 'text') ?? '')
  const text = stringAt(part, 'thinking') ?? pieces.join('')
  return { type: 'reasoning', text, signature: null, redacted: false }
}

function parseImage(image: JsonValue): FilePart[] {
  const url = stringAt(objectAt(image, 'image_url') ?? undefined, 'url') ?? ''
  const data = readDataUrl(url)
  if (data === null) return []
  const source = { kind: 'base64' as const, data: data.base64 }
  return [{ type: 'file', mediaType: data.mediaType, source, filename: null }]
}

function parseCall(
  call: JsonObject,
  path: string,
  nameless: NamelessCalls,
  reading: StrictReading,
): ToolCallPart {
  const called = objectAt(call, 'function') ?? objectAt(call, 'custom')
  const common = {
    type: 'tool-call' as const,
    id:
      call['id'] === ''
        ? nameless.called(stringAt(called ?? undefined, 'name') ?? '')
        : reading.name(call, 'id', `${path}.id`),
    signature: readGoogleSignature(call),
    ...cacheMark(call),
  }
  const custom = call['custom']
  if (call['type'] === 'custom' && isObject(custom)) {
    const input = reading.text(custom, 'input', `${path}.custom.input`) ?? ''
    return {
      ...common,
      name: reading.name(custom, 'name', `${path}.custom.name`),
      input: JSON.stringify({ [customInputMember]: input }),
    }
  }
  const holder = reading.object(call, 'function', `${path}.function`) ?? {}
  return {
    ...common,
    name: reading.name(holder, 'name', `${path}.function.name`),
    input: reading.text(holder, 'arguments', `${path}.function.arguments`) || '{}',
  }
}

function parseLegacyCall(
  entry: JsonObject,
  path: string,
  nameless: NamelessCalls,
  reading: StrictReading,
): ToolCallPart[] {
  const called = reading.object(entry, 'function_call', `${path}.function_call`)
  if (called === null) return []
  const name = reading.name(called, 'name', `${path}.function_call.name`)
  const input = reading.text(called, 'arguments', `${path}.function_call.arguments`) || '{}'
  return [{ type: 'tool-call', id: nameless.called(name), name, input, signature: null }]
}
