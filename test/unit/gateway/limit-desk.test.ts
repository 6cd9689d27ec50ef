import { describe, expect, it } from 'vitest'
import { createMemoryLimits } from '../../../src/adapters/store/limits/memory-limits.ts'
import type { LimitWish } from '../../../src/gateway/limit-wish.ts'
import { openOffice } from '../../support/admin.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const perMinute: LimitWish = {
  whose: { user: 'alice' },
  metric: 'requests',
  per: 'minute',
  amount: 3,
  burst: 0,
  expiresAtMs: null,
}

const startMs = Date.now()

describe('the limit desk', () => {
  it('sets a quota that ends by itself', async () => {
    const clock = virtualClock(startMs)
    const office = await openOffice(clock)
    const day = 86_400_000
    await office.desk.put({ ...perMinute, per: 'day', expiresAtMs: clock.nowMs() + day })
    const passed = () => [1, 2, 3, 4].map(() => office.request({ user: 'alice' }))
    expect(passed()).toEqual([true, true, true, false])
    clock.advance(day)
    expect(passed()).toEqual([true, true, true, true])
    const { rows } = ok(await office.desk.status({ user: 'alice' }, 10))
    expect(rows).toMatchObject([
      { limit: { id: 'global requests/minute' }, used: 4 },
      { limit: { id: 'user requests/minute' }, set: null, used: 4 },
    ])
  })

  it('gives nothing back by changing an amount', async () => {
    const office = await openOffice(virtualClock(startMs))
    const passed = () => [1, 2, 3].map(() => office.request({ user: 'alice' }))
    expect(passed()).toEqual([true, true, true])
    await office.desk.put(perMinute)
    expect(passed()).toEqual([false, false, false])
    await office.desk.put({ ...perMinute, amount: 5 })
    expect(passed()).toEqual([true, true, false])
    const standing = { subject: 'user:alice', used: 5, remaining: 0 }
    const status = ok(await office.desk.status({ user: 'alice' }, 10))
    expect(status.rows).toHaveLength(2)
    expect(status.rows[1]).toMatchObject({ ...standing, set: { amount: 5, setBy: 'admin' } })
    const books = ok(await office.desk.buckets({ user: 'alice' }, 10))
    expect(books.rows).toMatchObject([
      { ...standing, limit: { id: 'user:alice requests/minute', amount: 5 } },
    ])
    await office.desk.put({ ...perMinute, amount: 9 })
    const changed = ok(await office.desk.buckets({ user: 'alice' }, 10))
    expect(changed.rows).toMatchObject([{ limit: { amount: 9 }, used: 5, remaining: 4 }])
    await office.desk.remove({ user: 'alice' }, null, null)
    const after = ok(await office.desk.status({ user: 'alice' }, 10))
    expect(after.rows[1]).toMatchObject({ limit: { id: 'user requests/minute' }, used: 5 })
  })

  it('shows an amount that was set before anybody asks again', async () => {
    const office = await openOffice(virtualClock(startMs))
    for (let i = 0; i < 3; i++) office.request()
    await office.desk.put({ ...perMinute, whose: { global: '' }, amount: 20 })
    const standing = { limit: { amount: 20, burst: 0 }, used: 3, remaining: 17 }
    const { rows } = ok(await office.desk.status({ global: '' }, 10))
    expect(rows).toMatchObject([standing])
    const books = ok(await office.desk.buckets({ global: '' }, 10))
    expect(books.rows).toMatchObject([standing])
  })

  it('holds a limit in place of a configured one', async () => {
    const office = await openOffice(virtualClock(startMs))
    await office.desk.put({ ...perMinute, whose: { global: '' }, amount: 2 })
    const { rows } = office.desk.config({ global: '' }, 10).ok
      ? ok(office.desk.config({ global: '' }, 10))
      : { rows: [] }
    expect(rows).toMatchObject([{ limit: { amount: 2, burst: 0 }, set: { scope: 'global' } }])
    const users = ['a', 'b', 'c']
    expect(users.map((user) => office.request({ user }))).toEqual([true, true, false])
    expect(ok(await office.desk.remove({ global: '' }, null, null))).toEqual([
      'global requests/minute',
    ])
    expect(office.request({ user: 'd' })).toBe(true)
  })

  it('removes what was set for somebody who is gone', async () => {
    const stores = createMemoryLimits()
    const before = await openOffice(virtualClock(startMs), undefined, stores)
    await before.desk.put({ ...perMinute, whose: { client: 'web' } })
    const yaml = 'providers: { demo: { simulated: {}, models: { small: {} } } }'
    const after = await openOffice(virtualClock(startMs), yaml, stores)
    expect(after.set.all()).toHaveLength(1)
    expect(await after.desk.remove({ client: 'wbe' }, null, null)).toMatchObject({
      ok: false,
      refusal: { code: 'not_found' },
    })
    expect(ok(await after.desk.remove({ client: 'web' }, null, null))).toHaveLength(1)
  })

  it('says what is out of reach', async () => {
    const memory = createMemoryLimits()
    const away = async () => {
      throw new Error('connection refused')
    }
    const stores = { ...memory, set: { ...memory.set, put: away } }
    const office = await openOffice(virtualClock(startMs), undefined, stores)
    expect(await office.desk.put(perMinute)).toMatchObject({
      ok: false,
      refusal: { code: 'unavailable', message: expect.stringContaining('connection refused') },
    })
    expect(office.changes).toEqual([])
  })

  it('says nothing of a store that is away where the mistake is ours', async () => {
    const memory = createMemoryLimits()
    const put = async () => {
      throw new TypeError('x is not a function')
    }
    const stores = { ...memory, set: { ...memory.set, put } }
    const office = await openOffice(virtualClock(startMs), undefined, stores)
    await expect(office.desk.put(perMinute)).rejects.toThrow('x is not a function')
  })

  it('shows what has one book before what has one for each user', async () => {
    const office = await openOffice(virtualClock(startMs))
    for (let i = 0; i < 150; i++) office.request({ user: `u${i}`, ip: `192.0.2.${i}` })
    const { rows, more } = ok(await office.desk.status({}, 5))
    expect(more).toBe(true)
    expect(rows.slice(0, 2).map(({ subject, used }) => [subject, used])).toEqual([
      ['global', 150],
      ['policy:product-x', 0],
    ])
  })

  it('forgets what is full and old, and keeps the rest', async () => {
    const clock = virtualClock(startMs)
    const office = await openOffice(clock)
    office.request({ user: 'alice' })
    await office.desk.put({ ...perMinute, expiresAtMs: clock.nowMs() + 1_000 })
    clock.advance(86_400_001)
    office.request({ user: 'bob' })
    const cleaned = ok(await office.desk.cleanup(86_400_000, 90 * 86_400_000))
    // Alice's book; the global one and that of the address serve Bob.
    expect(cleaned).toEqual({ books: 1, reports: 0, expired: 1 })
    const { rows } = ok(await office.desk.buckets({}, 10))
    expect(rows.map(({ subject }) => subject).sort()).toEqual([
      'global',
      'ip:127.0.0.1',
      'user:bob',
    ])
  })

  it('tells the log of every change', async () => {
    const office = await openOffice(virtualClock(startMs))
    await office.desk.put(perMinute)
    await office.desk.reset({ user: 'alice' }, false)
    await office.desk.remove({ user: 'alice' }, 'requests', 'minute')
    expect(office.changes).toEqual(['a limit was set', 'books were emptied', 'a limit was removed'])
  })
})

function ok<Value>(answer: { ok: true; value: Value } | { ok: false; refusal: object }): Value {
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
  return answer.value
}
