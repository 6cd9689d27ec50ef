import type { ReasoningPart, Signature } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject, parseJson, stringAt } from '../../core/json.ts'
import { openSignature, sealSignature } from '../../core/signature.ts'

/**
 * * `reasoning_details`: OpenRouter's list of typed entries (`reasoning.text`, `reasoning.summary`,
 * `reasoning.encrypted`), the one place Chat Completions has for signatures. A provider's own
 * entries travel as one signature of this dialect, whose value is their JSON; foreign signatures
 * travel the other way as an entry with our own format name.
 */
const FORMAT = 'waybill-v1'

/** Adds the entries of a chunk to those before; pieces of one entry are joined. */
export function addDetails(known: JsonObject[], entries: readonly JsonValue[]): void {
  for (const entry of entries) {
    if (!isObject(entry)) continue
    const last = known.at(-1)
    if (last !== undefined && continues(last, entry)) joinTo(last, entry)
    else known.push({ ...entry })
  }
}

export function textOfDetails(entries: readonly JsonValue[]): string {
  return entries
    .map((entry) => stringAt(entry, 'text') ?? stringAt(entry, 'summary') ?? '')
    .join('')
}

/**
 * Entries as one opaque signature; null when none of them is opaque. An entry that alone holds the
 * text leaves it out: the text stands beside the signature anyway.
 */
export function sealDetails(entries: readonly JsonObject[], text: string): Signature | null {
  if (!entries.some(isOpaque)) return null
  const spoken = entries.filter((entry) => textOfDetails([entry]) !== '')
  const sole = spoken.length === 1 && textOfDetails(spoken) === text ? spoken[0] : undefined
  const value = entries.map((entry) => {
    if (entry !== sole) return entry
    const { text: _text, summary: _summary, ...rest } = entry
    return rest
  })
  return { dialect: 'openai', value: JSON.stringify(value), id: null }
}

/** A provider's own entries out of the signature they travelled as. */
export function unsealDetails(signature: Signature, text: string): JsonObject[] {
  const entries = parseJson(signature.value)
  if (!Array.isArray(entries)) return []
  return entries.filter(isObject).map((entry) => {
    if (entry['type'] === 'reasoning.text' && entry['text'] === undefined) return { ...entry, text }
    if (entry['type'] === 'reasoning.summary' && entry['summary'] === undefined) {
      return { ...entry, summary: text }
    }
    return entry
  })
}

/** An entry of ours that shows text to a client. Pieces of a streamed text have the same index. */
export function textDetail(text: string, index: number, signature: Signature | null): JsonObject {
  const signed = signature !== null && { signature: sealSignature(signature) }
  return { type: 'reasoning.text', text, ...signed, format: FORMAT, index }
}

/** An entry of ours that keeps hidden reasoning for its provider. */
export function hiddenDetail(index: number, signature: Signature): JsonObject {
  return { type: 'reasoning.encrypted', data: sealSignature(signature), format: FORMAT, index }
}

/** Reasoning parts out of the entries a client sends back; `shown` is the text beside them. */
export function partsOfDetails(entries: readonly JsonValue[], shown: string): ReasoningPart[] {
  const parts: ReasoningPart[] = []
  const joined: JsonObject[] = []
  addDetails(joined, entries)
  let own: JsonObject[] = []
  const endOwn = () => {
    if (own.length === 0) return
    const text = textOfDetails(own)
    parts.push({
      type: 'reasoning',
      text,
      signature: sealDetails(own, text),
      redacted: text === '',
    })
    own = []
  }
  for (const entry of joined) {
    const foreign = openSignature(stringAt(entry, 'signature') ?? stringAt(entry, 'data') ?? '')
    if (foreign === null) {
      own.push(entry)
      continue
    }
    endOwn()
    const redacted = entry['type'] === 'reasoning.encrypted'
    parts.push({ type: 'reasoning', text: textOfDetails([entry]), signature: foreign, redacted })
  }
  endOwn()
  const silent = parts.every((part) => part.text === '')
  if (silent && shown !== '') return withText(parts, shown)
  return parts.filter((part) => part.text !== '' || part.signature !== null)
}

/** Entries may have lost their text, or hold encrypted reasoning with a summary beside them. */
function withText(parts: readonly ReasoningPart[], text: string): ReasoningPart[] {
  const at = parts.findIndex((part) => !part.redacted || part.signature?.dialect === 'openai')
  if (at < 0) return [{ type: 'reasoning', text, signature: null, redacted: false }, ...parts]
  return parts.map((part, index) => (index === at ? { ...part, text, redacted: false } : part))
}

const isOpaque = (entry: JsonObject) =>
  (stringAt(entry, 'signature') ?? '') !== '' || (stringAt(entry, 'data') ?? '') !== ''

/** Encrypted entries always come whole; two of them with one index are two. */
function continues(last: JsonObject, entry: JsonObject): boolean {
  return (
    entry['type'] === last['type'] &&
    entry['index'] === last['index'] &&
    entry['type'] !== 'reasoning.encrypted'
  )
}

function joinTo(last: JsonObject, entry: JsonObject): void {
  for (const [key, value] of Object.entries(entry)) {
    if (key === 'text' || key === 'summary') {
      last[key] = (stringAt(last, key) ?? '') + (typeof value === 'string' ? value : '')
    } else if (value !== '' && value !== null) {
      last[key] = value
    }
  }
}
