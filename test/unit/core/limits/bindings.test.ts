import { describe, expect, it } from 'vitest'
import type { Asker, Bindings } from '../../../../src/core/limits/bindings.ts'
import type { Binding, Limit } from '../../../../src/core/limits/limit.ts'
import { limitOfBook } from '../../../../src/core/limits/limit-of-book.ts'
import { openBindings } from '../../../../src/core/limits/open-bindings.ts'
import { aTarget } from '../plans.ts'
import { aLimit, aSetLimit } from './some-limits.ts'

const asker: Asker = { client: 'web', policy: 'gold', model: 'fast', user: 'alice', ip: '10.0.0.1' }
const small = aTarget('east/small')

const amounts = (bindings: readonly Binding[]) =>
  bindings.map(({ limit, subject }) => [subject, limit.amount])

const open = (...limits: Limit[]): Bindings => openBindings(limits, [])

describe('what binds a request', () => {
  it('is nothing without limits', () => {
    const bindings = open()
    expect(bindings).toMatchObject({ empty: true, bindTargets: false, all: [] })
    expect(bindings.ofAsker(asker)).toEqual([])
    expect(bindings.ofTarget(asker, small)).toEqual([])
  })

  it('is a book for each value of what it is kept for', () => {
    const bindings = open(
      aLimit(['global']),
      aLimit(['ip']),
      aLimit(['user']),
      aLimit(['client']),
      aLimit(['policy']),
      aLimit(['model']),
    )
    const subjects = bindings.ofAsker(asker).map(({ subject }) => subject)
    expect(subjects.toSorted()).toEqual([
      'client:web',
      'global',
      'ip:10.0.0.1',
      'model:fast',
      'policy:gold',
      'user:alice',
    ])
    expect(bindings).toMatchObject({ empty: false, bindTargets: false })
    expect(bindings.ofTarget(asker, small)).toEqual([])
  })

  it('is a book for each combination', () => {
    const bindings = open(aLimit(['user', 'client']), aLimit(['client', 'model']))
    const subjects = bindings.ofAsker(asker).map(({ subject }) => subject)
    expect(subjects.toSorted()).toEqual(['client:web|model:fast', 'user:alice|client:web'])
  })

  it('leaves out what is for other values', () => {
    const bindings = open(
      aLimit(['policy'], { policy: 'silver' }),
      aLimit(['user', 'policy'], { policy: 'gold' }, { amount: 7 }),
    )
    expect(amounts(bindings.ofAsker(asker))).toEqual([['user:alice|policy:gold', 7]])
    expect(bindings.ofAsker({ ...asker, policy: 'bronze' })).toEqual([])
  })

  it('leaves out limits on users and addresses that are not known', () => {
    const bindings = open(aLimit(['user']), aLimit(['ip']), aLimit(['user', 'client']))
    expect(bindings.ofAsker({ ...asker, user: null, ip: null })).toEqual([])
  })

  it('lets nobody name the book of somebody else', () => {
    const bindings = open(aLimit(['user', 'model']))
    const subject = (user: string, model: string) =>
      bindings.ofAsker({ ...asker, user, model }).map((binding) => binding.subject)
    expect(subject('a|model:b', 'c')).toEqual(['user:a%7Cmodel:b|model:c'])
    expect(subject('a', 'b|model:c')).not.toEqual(subject('a|model:b', 'c'))
    expect(subject('100%', 'c')).toEqual(['user:100%25|model:c'])
  })

  it('is found out once for each client, policy and model', () => {
    const bindings = open(aLimit(['client']), aLimit(['model']), aLimit(['provider']))
    expect(bindings.ofAsker({ ...asker })).toBe(bindings.ofAsker(asker))
    expect(bindings.ofTarget({ ...asker, client: 'other' }, small)).toBe(
      bindings.ofTarget(asker, small),
    )
    expect(amounts(bindings.ofAsker({ ...asker, model: 'slow' }))).toContainEqual([
      'model:slow',
      100,
    ])
  })

  it('is right after more models than are remembered', () => {
    const bindings = open(aLimit(['model']), aLimit(['target']))
    const models = Array.from({ length: 30_000 }, (_, made) => `made-up-${made}`)
    const wrong = models.filter((model) => {
      const [ofModel] = bindings.ofAsker({ ...asker, model })
      const [ofTarget] = bindings.ofTarget(asker, { ...small, name: `east/${model}` })
      return ofModel?.subject !== `model:${model}` || ofTarget?.subject !== `target:east/${model}`
    })
    expect(wrong).toEqual([])
    expect(bindings.ofAsker(asker)[0]?.subject).toBe('model:fast')
  })
})

describe('what binds an attempt', () => {
  it('are the limits of its provider and target', () => {
    const bindings = open(
      aLimit(['global']),
      aLimit(['provider']),
      aLimit(['target'], { target: 'east/small' }, { amount: 5 }),
      aLimit(['target'], { target: 'east/large' }, { amount: 6 }),
    )
    expect(bindings.bindTargets).toBe(true)
    expect(amounts(bindings.ofTarget(asker, small))).toEqual([
      ['provider:east', 100],
      ['target:east/small', 5],
    ])
    expect(amounts(bindings.ofAsker(asker))).toEqual([['global', 100]])
  })

  it('may be for each user or client as well', () => {
    const bindings = open(
      aLimit(['provider', 'client'], { provider: 'east' }),
      aLimit(['target', 'user']),
    )
    expect(amounts(bindings.ofTarget(asker, small))).toEqual([
      ['provider:east|client:web', 100],
      ['target:east/small|user:alice', 100],
    ])
    expect(bindings.ofTarget({ ...asker, user: null }, aTarget('west/small'))).toEqual([])
    expect(bindings.ofAsker(asker)).toEqual([])
  })
})

describe('the more particular limit', () => {
  const every = aLimit(['client'])
  const forWeb = aLimit(['client'], { client: 'web' }, { amount: 500 })

  it('takes the place of the one for all, on the same measure and period', () => {
    const cost = aLimit(['client'], {}, { metric: 'cost', per: 'day' })
    const bindings = open(every, cost, forWeb)
    expect(amounts(bindings.ofAsker(asker))).toEqual([
      ['client:web', 500],
      ['client:web', 100],
    ])
    expect(amounts(bindings.ofAsker({ ...asker, client: 'app' }))).toEqual([
      ['client:app', 100],
      ['client:app', 100],
    ])
  })

  it('is the one that was set while the gateway ran', () => {
    const bindings = openBindings([every, forWeb], [aSetLimit('client', 'web', 9)])
    expect(amounts(bindings.ofAsker(asker))).toEqual([['client:web', 9]])
    expect(amounts(bindings.ofAsker({ ...asker, client: 'app' }))).toEqual([['client:app', 100]])
    expect(bindings.all.map(({ amount }) => amount)).toEqual([100, 9])
  })

  it('keeps the books of the one it replaces, and its window', () => {
    const window = { kind: 'calendar', period: 'day', timeZone: 'Asia/Tokyo' } as const
    const daily = aLimit(['global'], {}, { id: 'the daily one', per: 'day', window, strict: true })
    const bindings = openBindings([daily], [aSetLimit('global', null, 3, { per: 'day' })])
    expect(bindings.all).toEqual([{ ...daily, amount: 3 }])
  })

  it('goes on with the book of the one for all, and others with theirs', () => {
    const hourly = aLimit(['user'], {}, { id: 'user requests/minute calendar' })
    const bindings = openBindings([hourly, every], [aSetLimit('user', 'alice', 3)])
    const own = bindings.ofAsker(asker).find(({ subject }) => subject === 'user:alice')
    const bobs = bindings.ofAsker({ ...asker, user: 'bob' })
    const others = bobs.find(({ subject }) => subject === 'user:bob')
    expect(own?.limit).toMatchObject({ id: 'user:alice requests/minute', booksOf: hourly.id })
    expect(others?.limit).toBe(hourly)
    const limitOf = limitOfBook(bindings.all)
    expect(limitOf(hourly.id, 'user:alice')).toBe(own?.limit)
    expect(limitOf(hourly.id, 'user:bob')).toBe(hourly)
    expect(limitOf(every.id, 'client:alice')).toBe(every)
    expect(limitOf('user:alice requests/minute', 'user:alice')).toBeUndefined()
    const forWebOnly = openBindings([every, forWeb], [aSetLimit('client', 'web', 9)])
    expect(limitOfBook(forWebOnly.all)(forWeb.id, 'client:web')).toMatchObject({ amount: 9 })
  })

  it('may be set where nothing was configured', () => {
    const bindings = openBindings(
      [],
      [
        aSetLimit('user', 'alice', 3, { burst: 2, expiresAtMs: 5_000 }),
        aSetLimit('provider', 'east', 4, { metric: 'concurrent', per: null }),
      ],
    )
    expect(bindings.ofAsker(asker)).toMatchObject([
      {
        subject: 'user:alice',
        limit: {
          id: 'user:alice requests/minute',
          dimensions: ['user'],
          only: { user: 'alice' },
          metric: 'requests',
          per: 'minute',
          window: { kind: 'sliding', lengthMs: 60_000 },
          amount: 3,
          burst: 2,
          strict: false,
          expiresAtMs: 5_000,
        },
      },
    ])
    expect(bindings.ofAsker({ ...asker, user: 'bob' })).toEqual([])
    const [held] = bindings.ofTarget(asker, small)
    expect(held?.limit).toMatchObject({ id: 'provider:east concurrent', window: { kind: 'held' } })
    expect(bindings.bindTargets).toBe(true)
  })
})
