import { isObject, type JsonObject, type JsonValue, parseJson } from '../../core/json.ts'

/**
 * The `response` of a function is an object to Gemini and a text to everyone else. Google's
 * convention: `output` holds the result, `error` a failure, and any other object is the result
 * itself.
 */
export function responseToText(response: JsonObject): { text: string; isError: boolean } {
  const [only, ...others] = Object.keys(response)
  if (only === 'error' && others.length === 0) {
    return { text: asText(response['error']), isError: true }
  }
  const output = response['output']
  if (only === 'output' && others.length === 0 && typeof output === 'string') {
    return { text: output, isError: false }
  }
  return { text: JSON.stringify(response), isError: false }
}

export function textToResponse(text: string, isError: boolean): JsonObject {
  if (isError) return { error: text }
  // Integers beyond 2^53 (database keys) would change when read as numbers; as text they stay.
  const parsed = /\d{16}/.test(text) ? undefined : parseJson(text)
  return isObject(parsed) ? parsed : { output: text }
}

function asText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
