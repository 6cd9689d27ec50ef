import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

const snakeNames = new Map<string, string>()

function snakeCase(name: string): string {
  let snake = snakeNames.get(name)
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    snakeNames.set(name, snake)
  }
  return snake
}

/**
 * A field under its camelCase or its snake_case name: Google's JSON takes both, and its Python
 * clients mix them within one body. null counts as absent, as protobuf has it.
 */
export function field(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (!isObject(value)) return undefined
  return value[name] ?? value[snakeCase(name)] ?? undefined
}

export function objectField(value: JsonValue | undefined, name: string): JsonObject | null {
  const found = field(value, name)
  return isObject(found) ? found : null
}

/**
 * A single object where a list belongs counts as a list of one: Google reads it so, clients rely on
 * it.
 */
export function listField(value: JsonValue | undefined, name: string): JsonValue[] {
  const found = field(value, name)
  if (Array.isArray(found)) return found
  return isObject(found) ? [found] : []
}

export function textField(value: JsonValue | undefined, name: string): string | null {
  const found = field(value, name)
  return typeof found === 'string' ? found : null
}

/** Numbers, also as text: protobuf writes 64-bit integers as strings. */
export function numberField(value: JsonValue | undefined, name: string): number | null {
  const found = field(value, name)
  const number = typeof found === 'string' && /^\d+$/.test(found) ? Number(found) : found
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}
