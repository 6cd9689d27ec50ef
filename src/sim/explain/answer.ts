import type { Explanation } from '../../core/explain.ts'
import { isObject, objectAt, parseJson, stringAt } from '../../core/json.ts'

/** An explanation, or what the client of the request would be answered. */
export type ExplainAnswer =
  | { readonly ok: true; readonly explanation: Explanation }
  | { readonly ok: false; readonly status: number; readonly message: string }

/** What a gateway answered; null where it was no gateway that did. */
export function readAnswer(status: number, text: string): ExplainAnswer | null {
  const reply = parseJson(text)
  if (status === 200) return isExplanation(reply) ? { ok: true, explanation: reply } : null
  // In every dialect's error.
  const message = stringAt(objectAt(reply, 'error') ?? undefined, 'message')
  return message === null ? null : { ok: false, status, message }
}

/** Checks what tells an explanation from other JSON; the rest a gateway of ours has written. */
function isExplanation(value: unknown): value is Explanation {
  return (
    isObject(value) &&
    typeof value['id'] === 'string' &&
    typeof value['model'] === 'string' &&
    isListOf(value['candidates'], (one) => isObject(one['scores'])) &&
    isListOf(value['excluded'], (one) => typeof one['because'] === 'string')
  )
}

function isListOf(value: unknown, accepts: (one: Record<string, unknown>) => boolean): boolean {
  return (
    Array.isArray(value) &&
    value.every((one) => isObject(one) && typeof one['target'] === 'string' && accepts(one))
  )
}
