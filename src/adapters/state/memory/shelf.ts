import type { Limit } from '../../../core/limits/limit.ts'
import { type Terms, termsOf } from '../../../core/limits/terms.ts'
import type { Holders } from './holders.ts'

/** The books of one limit, whatever it allows: that may change while what was taken stays. */
export interface Shelf {
  /** Unique among the shelves of a state. */
  readonly number: number
  readonly limitId: string
  /** Of the newest limit it was asked for. */
  terms: Terms
  /** Number of the entry that has them. */
  newest: number
  /** It had no books, and is not found by its name any more. */
  isForgotten: boolean
  /** How many subjects have a book of their own. */
  books: number
  /** Row of the book that subjects without one of their own share; 0: none. */
  overflow: number
  /** Held limits only: whose tickets hold a place, and in which book. */
  readonly holders: Holders | null
  /** Told to the store. What is back within a second, or dies with the process, is not. */
  readonly kept: boolean
}

/** A limit as it was passed in, and where its books are. */
export interface Entry {
  /** In the order in which limits were first asked for. */
  readonly number: number
  readonly terms: Terms
  shelf: Shelf
}

/** Shelves of the same name hold the same books: another window begins anew. */
export function shelfName({ id, window }: Limit): string {
  if (window.kind === 'held') return `${id} held`
  return `${id} ${window.kind} ${window.kind === 'sliding' ? window.lengthMs : window.period}`
}

export function createShelf(limit: Limit, number: number): Shelf {
  const { window } = limit
  return {
    number,
    limitId: limit.id,
    terms: termsOf(limit),
    newest: 0,
    isForgotten: false,
    books: 0,
    overflow: 0,
    holders: window.kind === 'held' ? new Map() : null,
    kept:
      (window.kind === 'sliding' && window.lengthMs > 1_000) ||
      (window.kind === 'calendar' && window.period !== 'second'),
  }
}

/** Stands for all subjects that have no book of their own. */
export const otherSubjects = '(others)'
