import { filedUnder } from '../core/limits/filed-under.ts'
import { type Limit, type Scope, subjectOf } from '../core/limits/limit.ts'
import { limitOfBook, shelfOf } from '../core/limits/limit-of-book.ts'
import type { Book } from './limit-state.ts'
import { type Named, namedIn, type Whose } from './whose.ts'

/** How a limit stands for somebody. */
export type Standing = Omit<Book, 'touchedAtMs'>

/** Books in use, as many as could be read. */
export interface FoundBooks {
  readonly books: readonly Book[]
  /** None is missing. */
  readonly areAll: boolean
  /** None of this subject is missing, `user:*` for those of every value. */
  areAllOf(subject: string): boolean
}

/** Limits that are kept for one of those named, or may be; for nobody named all of them. */
export function limitsFor(limits: readonly Limit[], whose: Whose): Limit[] {
  const named = namedIn(whose)
  return named.length === 0 ? [...limits] : limits.filter((limit) => isFor(limit, named))
}

/** Those, and the global ones, which bind whoever it is. */
export function limitsThatBind(limits: readonly Limit[], whose: Whose): Limit[] {
  const named = namedIn(whose)
  if (named.length === 0) return [...limits]
  return limits.filter((limit) => isGlobal(limit) || isFor(limit, named))
}

function isFor({ dimensions, only }: Limit, named: readonly Named[]): boolean {
  return (
    named.some(({ scope }) => dimensions.includes(scope)) &&
    named.every(({ scope, value }) => only[scope] === undefined || only[scope] === value)
  )
}

function isGlobal({ dimensions }: Limit): boolean {
  return dimensions.every((scope) => scope === 'global')
}

/** Whether a limit has a single book, or a single one for those named. */
export function isSingle({ dimensions, only }: Limit, whose: Whose): boolean {
  return dimensions.every(
    (scope) => scope === 'global' || only[scope] !== undefined || whose[scope] !== undefined,
  )
}

/** `policy:product-x`; `user:*` where a value is not known. */
export function subjectFor(limit: Limit, whose: Whose): string {
  return subjectWith(limit, valuesFor(limit, whose))
}

/**
 * How these limits stand for those named, in their order, from the books in use; no more than so many
 * lines, since there may be a hundred thousand and requests wait meanwhile. A limit that has no book is
 * untouched, unless some of its books may not have been read: then nothing is said of it. Where a limit has
 * a book for each value and none is in use, one line stands for all: `user:*`.
 */
export function standings(
  limits: readonly Limit[],
  whose: Whose,
  { books, areAllOf }: FoundBooks,
  most: number,
): Standing[] {
  const limitOf = limitOfBook(limits)
  const byLimit = Map.groupBy(books, ({ limit, subject }) => limitOf(shelfOf(limit), subject))
  const isReplaced = replacements(limits)
  const lines: Standing[] = []
  for (const limit of limits) {
    const values = valuesFor(limit, whose)
    let isInUse = false
    for (const book of byLimit.get(limit) ?? []) {
      if (lines.length >= most) return lines
      if (!isOf(book.subject, values)) continue
      isInUse = true
      if (!isReplaced(limit, book.subject)) lines.push(under(limit, book))
    }
    if (lines.length >= most) return lines
    const subject = subjectWith(limit, values)
    if (isInUse || !areAllOf(subject) || isReplaced(limit, subject)) continue
    lines.push(untouched(limit, subject))
  }
  return lines
}

/** A book goes by the limit as it was when it was last charged; since then another amount may be set. */
export function under<Of extends Standing>(limit: Limit, book: Of): Of {
  const { amount, burst } = book.limit
  const remaining = book.remaining + limit.amount + limit.burst - amount - burst
  return { ...book, limit, remaining }
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
  return namedIn(values).every(({ scope, value }) =>
    parts.includes(filedUnder(subjectOf(scope, value))),
  )
}

/**
 * Tells whether, for one subject, limits for its very values take the place of one that is for every
 * value. There may be a hundred thousand of them: they are looked up, once somebody asks.
 */
function replacements(limits: readonly Limit[]): (limit: Limit, subject: string) => boolean {
  let known: ReadonlyMap<string, readonly Limit[]> | null = null
  return (limit, subject) => {
    if (namedIn(limit.only).length > 0) return false
    known ??= particularOnes(limits)
    const particular = known
    if (particular.size === 0) return false
    return subject
      .split('|')
      .flatMap((part) => particular.get(`${familyOf(limit)} ${part}`) ?? [])
      .some(({ only }) => isOf(subject, only))
  }
}

/** Limits for a single value, by what they limit and whose. */
function particularOnes(limits: readonly Limit[]): ReadonlyMap<string, readonly Limit[]> {
  const particular = new Map<string, Limit[]>()
  for (const limit of limits) {
    const [only] = namedIn(limit.only)
    if (only === undefined) continue
    const key = `${familyOf(limit)} ${filedUnder(subjectOf(only.scope, only.value))}`
    particular.set(key, [...(particular.get(key) ?? []), limit])
  }
  return particular
}

function familyOf({ dimensions, metric, per }: Limit): string {
  return `${dimensions.join()} ${metric}/${per}`
}

/** `user:*` where the value is not known. */
function subjectWith({ dimensions }: Limit, values: Whose): string {
  const parts = dimensions.map((scope) => {
    const value = values[scope]
    return value === undefined ? `${scope}:*` : subjectOf(scope, value)
  })
  return filedUnder(parts.join('|'))
}

function untouched(limit: Limit, subject: string): Standing {
  const remaining = limit.amount + limit.burst
  return { limit, subject, used: 0, reserved: 0, remaining, resetMs: 0 }
}
