import type { JsonObject } from '../../core/json.ts'

/** The answer of `/responses/input_tokens`. */
export function writeTokenCount(inputTokens: number): JsonObject {
  return { object: 'response.input_tokens', input_tokens: inputTokens }
}
