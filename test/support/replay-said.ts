import { isDeepStrictEqual } from 'node:util'
import { type JsonValue, parseJson } from '../../src/core/json.ts'

/** Why a reply ended, as far as every dialect has a word for it. */
export type Stop = 'stop' | 'length' | 'tools' | 'filtered' | 'other'

/** What a reply says, in no dialect: what must survive a translation. */
export interface Said {
  /** Answer and refusal: some dialects have one place for both. */
  text: string
  reasoning: string
  calls: { name: string; input: JsonValue }[]
  stop: Stop
  /** Cached tokens included; null where the reply tells no usage. */
  inputTokens: number | null
  /** Reasoning included. */
  outputTokens: number | null
  cachedTokens: number | null
}

export function nothingSaid(): Said {
  return {
    text: '',
    reasoning: '',
    calls: [],
    stop: 'other',
    inputTokens: null,
    outputTokens: null,
    cachedTokens: null,
  }
}

/** Arguments as a client parses them; what is no JSON stays text, and no text is no arguments. */
export function parsedInput(text: string): JsonValue {
  return text.trim() === '' ? {} : (parseJson(text) ?? text)
}

/** What of the expected was not got, in words. Figures the recording lacks may be anything. */
export function differences(expected: Said, got: Said): string[] {
  return Object.entries(expected).flatMap(([field, wanted]) => {
    const found: unknown = Reflect.get(got, field)
    const same = isDeepStrictEqual(wanted, found)
    return same || wanted === null ? [] : [`${field} is ${short(found)}, not ${short(wanted)}`]
  })
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 160 ? `${text.slice(0, 100)}…${text.slice(-50)}` : text
}
