import { describe, expect, it } from 'vitest'
import { findBooks } from '../../../src/gateway/limit-books.ts'
import type { Book, BookFilter, LimitState } from '../../../src/gateway/limit-state.ts'
import { aLimit } from '../core/limits/some-limits.ts'

const global = aLimit(['global'])
const user = aLimit(['user'])
const policy = aLimit(['policy'], { policy: 'late' })
const limits = [global, user, policy]

function aBook(limit: Book['limit'], subject: string): Book {
  return { limit, subject, used: 1, reserved: 0, remaining: 99, resetMs: 1, touchedAtMs: 0 }
}

/** Twelve thousand users, and what came after them. */
const many = [
  ...Array.from({ length: 12_000 }, (_, i) => aBook(user, `user:u${i}`)),
  aBook(policy, 'policy:late'),
]

function stateWith(books: readonly Book[]) {
  const asked: (string | null)[] = []
  const state: Pick<LimitState, 'books'> = {
    async books({ subject, limit }: BookFilter) {
      asked.push(subject)
      return books.filter((book) => subject === null || book.subject === subject).slice(0, limit)
    },
  }
  return { state, asked }
}

describe('the books of a listing', () => {
  it('are all there where they are few', async () => {
    const { state, asked } = stateWith(many.slice(0, 100))
    const found = await findBooks(state, limits, {})
    expect(found.books).toHaveLength(100)
    expect(found.areAll).toBe(true)
    expect(found.areAllOf('policy:late')).toBe(true)
    expect(asked).toEqual([null])
  })

  it('those of single values are looked for where there are many', async () => {
    const { state, asked } = stateWith(many)
    const found = await findBooks(state, limits, {})
    expect(found.books.map(({ subject }) => subject)).toContain('policy:late')
    expect(found.areAll).toBe(false)
    expect(found.areAllOf('global')).toBe(true)
    expect(found.areAllOf('user:*')).toBe(false)
    expect(asked).toEqual([null, 'global', 'policy:late'])
  })

  it('a hundred thousand limits are not looked for one by one', async () => {
    const set = Array.from({ length: 1_000 }, (_, i) => aLimit(['user'], { user: `late-${i}` }))
    const { state, asked } = stateWith(many)
    const found = await findBooks(state, [...limits, ...set], {})
    expect(asked.length).toBeLessThan(10)
    expect(found.areAllOf('user:late-999')).toBe(false)
  })

  it('of somebody, and the global one', async () => {
    const { state, asked } = stateWith([...many, aBook(global, 'global')])
    const found = await findBooks(state, limits, { user: 'u7' })
    expect(found.books.map(({ subject }) => subject)).toEqual(['user:u7', 'global'])
    expect(asked).toEqual(['user:u7', 'global'])
  })
})
