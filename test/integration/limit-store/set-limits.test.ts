import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryLimits } from '../../../src/adapters/store/limits/memory-limits.ts'
import type { SetLimit } from '../../../src/core/limits/set-limit.ts'
import type { SetLimitStore } from '../../../src/gateway/book-store.ts'
import { until } from '../../conformance/ledger/temporary-ledger.ts'
import { limitPlace } from './place.ts'
import { dayMs, setLimit } from './some-limits.ts'

let place: ReturnType<typeof limitPlace>
beforeEach(() => {
  place = limitPlace()
})
afterEach(() => place.remove())

const alice = setLimit('user:alice requests/minute')
const web = setLimit('client:web cost/day', {
  scope: 'client',
  value: 'web',
  metric: 'cost',
  per: 'day',
  amount: 5_000_000_000,
  expiresAtMs: Date.now() + dayMs,
})
const all = setLimit('global concurrent', {
  scope: 'global',
  value: null,
  metric: 'concurrent',
  per: null,
  burst: 0,
})
const target = setLimit('target:openai/gpt-5 tokens/hour', {
  scope: 'target',
  value: 'openai/gpt-5',
  metric: 'tokens',
  per: 'hour',
})

async function withMemory(use: (set: SetLimitStore) => Promise<void>): Promise<void> {
  await use(createMemoryLimits().set)
}

async function withSqlite(use: (set: SetLimitStore) => Promise<void>): Promise<void> {
  const store = place.openAsIs().store
  await use(store.limits.set)
  await store.close()
}

describe.each([
  ['memory', withMemory],
  ['SQLite', withSqlite],
])('limits set at run time, in %s', (_name, withStore) => {
  it('come back as they were set, in the order of their ids', () =>
    withStore(async (set) => {
      expect(await set.load()).toEqual([])
      for (const one of [target, alice, web, all]) await set.put(one)
      expect(await set.load()).toEqual([web, all, target, alice])
    }))

  it('are changed by setting them again', () =>
    withStore(async (set) => {
      await set.put(alice)
      await set.put({ ...alice, amount: 7, burst: 0, expiresAtMs: Date.now() + dayMs })
      expect(await set.load()).toMatchObject([{ id: alice.id, amount: 7, burst: 0 }])
    }))

  it('are gone when they are removed', () =>
    withStore(async (set) => {
      for (const one of [alice, all]) await set.put(one)
      expect(await set.remove(alice.id)).toBe(true)
      expect(await set.remove(alice.id)).toBe(false)
      expect(await set.remove(all.id)).toBe(true)
      expect(await set.remove("x' OR '1'='1")).toBe(false)
      expect(await set.load()).toEqual([])
    }))

  it('are gone when they have expired', () =>
    withStore(async (set) => {
      await set.load() // from here on it takes no time to speak of
      const soon = { expiresAtMs: Date.now() + 1_000 }
      await set.put({ ...alice, ...soon })
      await set.put({ ...all, ...soon })
      expect(await set.load()).toHaveLength(2)
      await new Promise((resolve) => setTimeout(resolve, 1_010))
      expect(await set.load()).toEqual([])
      await set.put(web)
      expect(await set.load()).toEqual([web])
    }))

  it('hold any name', () =>
    withStore(async (set) => {
      for (const value of ['a:b|c', "'; DROP TABLE user_quotas; --", '', '\u0000\n', 'ü🦊']) {
        const user = setLimit(`user:${value} requests/minute`, { value })
        const model = setLimit(`model:${value} requests/minute`, { scope: 'model', value })
        await set.put(user)
        await set.put(model)
        expect(await set.load()).toEqual([model, user])
        await set.remove(user.id)
        await set.remove(model.id)
      }
    }))
})

describe('limits set at run time, in SQLite', () => {
  it('outlive the process', async () => {
    await withSqlite((set) => set.put(alice))
    await withSqlite(async (set) => expect(await set.load()).toEqual([alice]))
  })

  it('are removed from the tables when they have expired', async () => {
    const { store, books } = await place.open()
    await store.limits.set.put({ ...alice, expiresAtMs: Date.now() + 1 })
    await store.limits.set.put({ ...target, expiresAtMs: Date.now() + 1 })
    await new Promise((resolve) => setTimeout(resolve, 5))
    await books.save([], [{ limitId: 'any', subject: 'any' }])
    await store.close()
    expect(place.query('SELECT * FROM user_quotas')).toEqual([])
    expect(place.query('SELECT * FROM rate_limit_configs')).toEqual([])
  })

  it('leave out rows that hold no limit', async () => {
    await withSqlite((set) => set.put(alice))
    const row = (id: string, name: string, value: string) =>
      place.change(`
        INSERT INTO user_quotas SELECT '${id}', scope, name, metric, period, amount, burst,
          expires_at_ms, set_at_ms, set_by FROM user_quotas LIMIT 1;
        UPDATE user_quotas SET ${name} = ${value} WHERE limit_id = '${id}'`)
    row('1', 'metric', "'apples'")
    row('2', 'period', "'year'")
    row('3', 'amount', '-1')
    row('4', 'amount', "'many'")
    row('5', 'burst', '-1')
    row('6', 'period', 'NULL')
    row('7', 'amount', '9e15 + 1')
    row('8', 'burst', '9e15')
    await withSqlite(async (set) => expect(await set.load()).toEqual([alice]))
  })

  it('are told to those who watch when another process changes them', async () => {
    const { store } = place.openAsIs()
    const other = place.openAsIs().store
    const told: (readonly SetLimit[])[] = []
    const stop = store.limits.set.watch((limits) => told.push(limits))
    await other.limits.set.put(alice)
    await until(() => told.at(-1)?.length === 1)
    await store.limits.set.put(web)
    await other.limits.set.remove(alice.id)
    await until(() => told.at(-1)?.[0]?.id === web.id)
    stop()
    const count = told.length
    await other.limits.set.put(all)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(told).toHaveLength(count)
    await other.close()
    await store.close()
  })

  it('can be set while another process writes, and are refused when it does not end', async () => {
    const { store } = place.openAsIs()
    await store.limits.set.put(web)
    const unlock = place.lock()
    const put = store.limits.set.put(alice)
    await new Promise((resolve) => setTimeout(resolve, 500))
    unlock()
    await put
    const unlockAgain = place.lock()
    await expect(store.limits.set.put(all)).rejects.toThrow('locked')
    unlockAgain()
    expect(await store.limits.set.load()).toEqual([web, alice])
    await store.close()
  })
})
