import { Away } from './problems.ts'
/** Replies of scripts are flat lists of whole numbers; null where it is something else. */
export function numbersIn(reply: unknown): readonly number[] | null {
  if (!Array.isArray(reply)) return null
  for (const each of reply) if (typeof each !== 'number') return null
  return reply
}

export function numbersOrThrow(reply: unknown): readonly number[] {
  const numbers = numbersIn(reply)
  if (numbers === null) throw unexpected()
  return numbers
}

/** Something else than our Redis answers. */
export function unexpected(): Error {
  return new Away('answered a script with something unexpected')
}
