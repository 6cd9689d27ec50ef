/** A JSON value as `JSON.parse` returns it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject

export interface JsonObject {
  [key: string]: JsonValue | undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at `key`, or null: providers leave out, null and mistype fields, and none of that may throw. */
export function objectAt(value: JsonValue | undefined, key: string): JsonObject | null {
  const found = isObject(value) ? value[key] : undefined
  return isObject(found) ? found : null
}

export function arrayAt(value: JsonValue | undefined, key: string): JsonValue[] {
  const found = isObject(value) ? value[key] : undefined
  return Array.isArray(found) ? found : []
}

export function stringAt(value: JsonValue | undefined, key: string): string | null {
  const found = isObject(value) ? value[key] : undefined
  return typeof found === 'string' ? found : null
}

export function numberAt(value: JsonValue | undefined, key: string): number | null {
  const found = isObject(value) ? value[key] : undefined
  return typeof found === 'number' && Number.isFinite(found) ? found : null
}

export function booleanAt(value: JsonValue | undefined, key: string): boolean | null {
  const found = isObject(value) ? value[key] : undefined
  return typeof found === 'boolean' ? found : null
}

/** Far beyond any real value; what nests some thousands deep can be parsed but not written again. */
const maxDepth = 500

/** Parses text that a provider sent. Undefined stands for "not JSON", and for what nests too deep. */
export function parseJson(text: string): JsonValue | undefined {
  if (text.length > maxDepth * 2 && opensEnough(text) && isDeeper(text)) return undefined
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

/** Whether there are as many opening brackets at all: the engine's search is faster than our walk. */
function opensEnough(text: string): boolean {
  let opens = 0
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++opens > maxDepth) return true
    }
  }
  return false
}

/** Whether brackets outside of strings nest beyond the limit. */
function isDeeper(text: string): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) {
      inString = true
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return true
    } else if (code === 0x7d || code === 0x5d) {
      depth--
    }
  }
  return false
}
