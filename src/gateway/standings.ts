import { type Limit, type Scope, subjectOf } from '../core/limits/limit.ts'
import type { Book } from './limit-state.ts'
import { namedIn, type Whose } from './whose.ts'

/** How a limit stands for somebody. */
export type Standing = Omit<Book, 'touchedAtMs'>

/** Limits that are kept for one of those named, or may be; for nobody named all of them. */
export function limitsFor(limits: readonly Limit[], whose: Whose): Limit[] {
  const named = namedIn(whose)
  if (named.length === 0) return [...limits]
  return limits.filter(
    ({ dimensions, only }) =>
      named.some(({ scope }) => dimensions.includes(scope)) &&
      named.every(({ scope, value }) => only[scope] === undefined || only[scope] === value),
  )
}

/**
 * How these limits stand for those named, in their order, from the books in use: a book that is not
 * among them is untouched. Where a limit has a book for each value and none is in use, one line stands
 * for all: `user:*`.
 */
export function standings(
  limits: readonly Limit[],
  whose: Whose,
  books: readonly Book[],
): Standing[] {
  const byLimit = Map.groupBy(books, ({ limit }) => limit.id)
  const isReplaced = replacements(limits)
  return limitsFor(limits, whose).flatMap((limit) => {
    const values = valuesFor(limit, whose)
    const own = (byLimit.get(limit.id) ?? []).filter(({ subject }) => isOf(subject, values))
    const lines: Standing[] = own.length === 0 ? [untouched(limit, values)] : own
    return lines.filter(({ subject }) => !isReplaced(limit, subject))
  })
}

/** Of its dimensions, those whose value is known. */
function valuesFor({ dimensions, only }: Limit, whose: Whose): Whose {
  const values: Partial<Record<Scope, string>> = {}
  for (const scope of dimensions) {
    const value = scope === 'global' ? '' : (only[scope] ?? whose[scope])
    if (value !== undefined) values[scope] = value
  }
  return values
}

/** Whether a subject, `client:web|model:fast`, is of these values, whatever else it is of. */
function isOf(subject: string, values: Whose): boolean {
  const parts = subject.split('|')
  return namedIn(values).every(({ scope, value }) => parts.includes(subjectOf(scope, value)))
}

/**
 * Tells whether, for one subject, limits for its very values take the place of one that is for every
 * value. There may be a hundred thousand of them: they are looked up.
 */
function replacements(limits: readonly Limit[]): (limit: Limit, subject: string) => boolean {
  const particular = new Map<string, Limit[]>()
  for (const limit of limits) {
    const [only] = namedIn(limit.only)
    if (only === undefined) continue
    const key = `${familyOf(limit)} ${subjectOf(only.scope, only.value)}`
    particular.set(key, [...(particular.get(key) ?? []), limit])
  }
  return (limit, subject) => {
    if (particular.size === 0 || namedIn(limit.only).length > 0) return false
    return subject
      .split('|')
      .flatMap((part) => particular.get(`${familyOf(limit)} ${part}`) ?? [])
      .some(({ only }) => isOf(subject, only))
  }
}

function familyOf({ dimensions, metric, per }: Limit): string {
  return `${dimensions.join()} ${metric}/${per}`
}

function untouched(limit: Limit, values: Whose): Standing {
  const parts = limit.dimensions.map((scope) => {
    const value = values[scope]
    return value === undefined ? `${scope}:*` : subjectOf(scope, value)
  })
  const remaining = limit.amount + limit.burst
  return { limit, subject: parts.join('|'), used: 0, reserved: 0, remaining, resetMs: 0 }
}
