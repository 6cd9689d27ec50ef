import type { Limit } from '../../../core/limits/limit.ts'
import { type Terms, termsOf } from '../../../core/limits/terms.ts'
import type { Holders } from './holders.ts'

/** The books of one limit, whatever it allows: that may change while what was taken stays. */
export interface Shelf {
  /** Unique among the shelves of a state. */
  readonly number: number
  readonly limitId: string
  /** As it was last asked for. */
  terms: Terms
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
  readonly shelf: Shelf
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

const longestSubject = 256

/**
 * What a book is filed under. Clients choose names, and a million long ones would fill the memory: of
 * those the beginning and two hashes are kept. Should two agree in all of it, they share a book.
 */
export function filedUnder(subject: string): string {
  if (subject.length <= longestSubject) return subject
  const half = subject.length >>> 1
  const hashes = [hash(subject, 0, half), hash(subject, half, subject.length)]
  return `${subject.slice(0, 200)}…${hashes.map((each) => each.toString(36)).join('')}`
}

/** FNV-1a over a part of a text. */
function hash(text: string, from: number, to: number): number {
  let mixed = 0x811c9dc5
  for (let index = from; index < to; index++) {
    mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193)
  }
  return mixed >>> 0
}
