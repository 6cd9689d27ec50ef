import type { Limit } from '../../../core/limits/limit.ts'
import { shelfOf } from '../../../core/limits/limit-of-book.ts'
import type { Terms } from '../../../core/limits/terms.ts'
import type { Holders } from './holders.ts'

/**
 * The books of one limit, whatever it allows, and of those that take its place for one value: that may
 * change while what was taken stays.
 */
export interface Shelf {
  /** Unique among the shelves of a state. */
  readonly number: number
  readonly limitId: string
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
  readonly terms: Terms
  shelf: Shelf
}

/** Shelves of the same name hold the same books: another window begins anew. */
export function shelfName(limit: Limit): string {
  const { window } = limit
  const shelf = shelfOf(limit)
  if (window.kind === 'held') return `${shelf} held`
  return `${shelf} ${window.kind} ${window.kind === 'sliding' ? window.lengthMs : window.period}`
}

export function createShelf(limit: Limit, number: number): Shelf {
  const { window } = limit
  return {
    number,
    limitId: shelfOf(limit),
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
