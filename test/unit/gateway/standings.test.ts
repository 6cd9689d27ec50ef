import { describe, expect, it } from 'vitest'
import { type Limit, subjectOf } from '../../../src/core/limits/limit.ts'
import type { Book } from '../../../src/gateway/limit-state.ts'
import {
  type FoundBooks,
  isSingle,
  limitsFor,
  limitsThatBind,
  standings,
} from '../../../src/gateway/standings.ts'
import type { Whose } from '../../../src/gateway/whose.ts'
import { aLimit } from '../core/limits/some-limits.ts'

function aBook(limit: Limit, subject: string, used: number): Book {
  const remaining = limit.amount - used
  return { limit, subject, used, reserved: 0, remaining, resetMs: 1_000, touchedAtMs: 0 }
}

const global = aLimit(['global'])
const user = aLimit(['user'])
const alice = aLimit(['user'], { user: 'alice' }, { amount: 5 })
const userTokens = aLimit(['user'], {}, { metric: 'tokens' })
const client = aLimit(['client'], { client: 'web' })
const mixed = aLimit(['client', 'model'])
const limits = [global, user, alice, userTokens, client, mixed]

function allOf(books: readonly Book[]): FoundBooks {
  return { books, areAll: true, areAllOf: () => true }
}

function lines(whose: object, books: readonly Book[] = [], found = allOf(books)): string[] {
  return standings(limitsFor(limits, whose), whose, found, 1_000).map(
    ({ limit, subject, used }) => `${limit.id} ${subject} ${used}`,
  )
}

describe('limits of somebody', () => {
  it('are those that are, or may be, his', () => {
    expect(limitsFor(limits, {})).toEqual(limits)
    expect(limitsFor(limits, { user: 'alice' })).toEqual([user, alice, userTokens])
    expect(limitsFor(limits, { user: 'bob' })).toEqual([user, userTokens])
    expect(limitsFor(limits, { client: 'web' })).toEqual([client, mixed])
    expect(limitsFor(limits, { client: 'app' })).toEqual([mixed])
    expect(limitsFor(limits, { global: '' })).toEqual([global])
    expect(limitsFor(limits, { policy: 'x' })).toEqual([])
  })

  it('and the global ones bind him too', () => {
    expect(limitsThatBind(limits, {})).toEqual(limits)
    expect(limitsThatBind(limits, { user: 'bob' })).toEqual([global, user, userTokens])
    expect(limitsThatBind(limits, { policy: 'x' })).toEqual([global])
  })

  it('have one book for him, or many', () => {
    const single = (whose: Whose) => limits.filter((limit) => isSingle(limit, whose))
    expect(single({})).toEqual([global, alice, client])
    expect(single({ user: 'bob' })).toEqual([global, user, alice, userTokens, client])
    expect(single({ client: 'web', model: 'x' })).toContain(mixed)
  })
})

describe('how limits stand', () => {
  it('untouched ones are full', () => {
    expect(lines({})).toEqual([
      'global requests/minute global 0',
      'user requests/minute user:* 0',
      'alice requests/minute user:alice 0',
      'user tokens/minute user:* 0',
      'web requests/minute client:web 0',
      'client,model requests/minute client:*|model:* 0',
    ])
    const [standing] = standings([aLimit(['global'], {}, { burst: 20 })], {}, allOf([]), 9)
    expect(standing).toMatchObject({ used: 0, reserved: 0, remaining: 120, resetMs: 0 })
  })

  it('nothing is said of those whose books may not have been read', () => {
    const books = [aBook(user, 'user:bob', 4)]
    const areAllOf = (subject: string) => subject === 'global'
    expect(lines({}, books, { books, areAll: false, areAllOf })).toEqual([
      'global requests/minute global 0',
      'user requests/minute user:bob 4',
    ])
  })

  it('a limit for one takes the place of the one for everybody, old books or not', () => {
    const books = [
      aBook(user, 'user:alice', 3),
      aBook(user, 'user:bob', 4),
      aBook(alice, 'user:alice', 1),
    ]
    expect(lines({ user: 'alice' }, books)).toEqual([
      'alice requests/minute user:alice 1',
      'user tokens/minute user:alice 0',
    ])
    expect(lines({ user: 'bob' }, books)).toEqual([
      'user requests/minute user:bob 4',
      'user tokens/minute user:bob 0',
    ])
    expect(lines({}, books)).toContain('user requests/minute user:bob 4')
    expect(lines({}, books)).not.toContain('user requests/minute user:alice 3')
  })

  it('one line for each book that agrees with what is asked', () => {
    const books = [
      aBook(mixed, 'client:web|model:fast', 1),
      aBook(mixed, 'client:web|model:smart', 2),
      aBook(mixed, 'client:app|model:fast', 3),
    ]
    expect(lines({ client: 'web' }, books)).toEqual([
      'web requests/minute client:web 0',
      'client,model requests/minute client:web|model:fast 1',
      'client,model requests/minute client:web|model:smart 2',
    ])
    expect(lines({ client: 'app', model: 'fast' }, books)).toEqual([
      'client,model requests/minute client:app|model:fast 3',
    ])
    expect(lines({ model: 'none' }, books)).toEqual([
      'client,model requests/minute client:*|model:none 0',
    ])
  })

  it('books of limits that are gone are none of theirs', () => {
    expect(
      lines({ global: '' }, [aBook(aLimit(['global'], {}, { id: 'old' }), 'global', 9)]),
    ).toEqual(['global requests/minute global 0'])
  })

  it('names may hold what stands between them', () => {
    const limit = aLimit(['client', 'user'])
    const parts = [subjectOf('client', 'a'), subjectOf('user', 'b|client:web')]
    const books = [aBook(limit, parts.join('|'), 1)]
    expect(standings([limit], { user: 'b|client:web' }, allOf(books), 9)).toMatchObject([
      { used: 1 },
    ])
    expect(standings([limit], { client: 'web' }, allOf(books), 9)).toMatchObject([{ used: 0 }])
  })

  it('a hundred thousand limits are looked up', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => aLimit(['user'], { user: `u${i}` }))
    const books = Array.from({ length: 1_000 }, (_, i) => aBook(user, `user:u${i}`, 1))
    const rows = standings([user, ...many], {}, allOf(books), 1_000_000)
    expect(rows).toHaveLength(100_000)
    expect(standings([...many, user], {}, allOf(books), 7)).toHaveLength(7)
  })
})
