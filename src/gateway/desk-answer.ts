/** What a desk says to an operator: what was asked for, or why not. */
export type DeskAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal }

export interface Refusal {
  readonly code: 'invalid_request' | 'not_found' | 'conflict' | 'unavailable'
  /** For people, in whole sentences. */
  readonly message: string
  /** What was asked for wrongly, under the name it was asked by; null: nothing in particular. */
  readonly field: string | null
}

export function answered<Value>(value: Value): DeskAnswer<Value> {
  return { ok: true, value }
}

export function refused(
  code: Refusal['code'],
  message: string,
  field: string | null = null,
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, message, field } }
}

/** The store or the shared state behind a desk may be away. What is a mistake of ours rejects. */
export async function reached<Value>(ask: () => Promise<Value>): Promise<DeskAnswer<Value>> {
  try {
    return answered(await ask())
  } catch (error) {
    if (!(error instanceof Error) || mistakes.some((kind) => error instanceof kind)) throw error
    return refused('unavailable', `What keeps the limits cannot be reached: ${error.message}`)
  }
}

/** What a store or a server that is away never rejects with. */
const mistakes = [TypeError, RangeError, ReferenceError, SyntaxError]
