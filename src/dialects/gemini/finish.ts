import type { JsonValue } from '../../core/json.ts'
import type { FinishReason } from '../../core/reply.ts'

/**
 * Everything not listed is `other`: LANGUAGE, OTHER, MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL
 * and what may yet come.
 */
const finishReasons = new Map<string, FinishReason>([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['MODEL_ARMOR', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
])

/**
 * Clients may ask Google for enums as numbers (`$alt=json;enum-encoding=int`). From 5 on the Gemini
 * API and Vertex number differently; 7 and 8 are filters in both.
 */
const finishNumbers: Readonly<Record<number, FinishReason>> = {
  1: 'stop',
  2: 'length',
  3: 'content-filter',
  4: 'content-filter',
  7: 'content-filter',
  8: 'content-filter',
}

/** null while the reply goes on. */
export function readFinishReason(value: JsonValue | undefined): FinishReason | null {
  if (typeof value === 'number') return value === 0 ? null : (finishNumbers[value] ?? 'other')
  if (typeof value !== 'string' || value === '' || value === 'FINISH_REASON_UNSPECIFIED') {
    return null
  }
  return finishReasons.get(value) ?? 'other'
}

/** Gemini says STOP also when tools are called, and has no word for a refusal but SAFETY. */
export const finishWords: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  other: 'OTHER',
}
