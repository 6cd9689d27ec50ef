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

/** Parses text that a provider sent. Undefined stands for "not JSON". */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}
