import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { isObject, parseJson } from '../../../src/core/json.ts'
import type { ReceivedFile } from './received.ts'

/** Narrowing of wire forms that throws, so that what a provider would refuse fails a test. */

export function object(value: JsonValue | undefined, what: string): JsonObject {
  if (isObject(value)) return value
  throw new Error(`${what} is ${JSON.stringify(value)}, not an object`)
}

export function list(value: JsonValue | undefined, what: string): readonly JsonValue[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  throw new Error(`${what} is ${JSON.stringify(value)}, not a list`)
}

export function text(value: JsonValue | undefined, what: string): string {
  if (typeof value === 'string') return value
  throw new Error(`${what} is ${JSON.stringify(value)}, not text`)
}

export function number(value: JsonValue | undefined, what: string): number | null {
  if (value === undefined) return null
  if (typeof value === 'number') return value
  throw new Error(`${what} is ${JSON.stringify(value)}, not a number`)
}

export function json(value: JsonValue | undefined, what: string): JsonValue {
  const parsed = parseJson(text(value, what))
  if (parsed !== undefined) return parsed
  throw new Error(`${what} is no JSON`)
}

/** Objects of a list, each with its `type`. */
export function typed(
  value: JsonValue | undefined,
  what: string,
): readonly { readonly type: string; readonly part: JsonObject }[] {
  return list(value, what).map((one) => {
    const part = object(one, what)
    return { type: text(part['type'], `${what}.type`), part }
  })
}

export function unexpected(what: string, value: JsonValue | undefined): never {
  throw new Error(`unexpected ${what}: ${JSON.stringify(value)}`)
}

/** A data URL, or the address of a file elsewhere. */
export function fileAt(url: string, filename: string | null = null): ReceivedFile {
  const inline = /^data:([^;]+);base64,(.*)$/.exec(url)
  if (inline === null) return { mediaType: null, data: url, filename }
  return { mediaType: inline[1] ?? null, data: inline[2] ?? '', filename }
}
