import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dateOf } from '../../../src/adapters/store/limits/limit-counts.ts'
import { createMemoryLimits } from '../../../src/adapters/store/limits/memory-limits.ts'
import type { LimitReports, ReportFilter } from '../../../src/gateway/book-store.ts'
import { until } from '../../conformance/ledger/temporary-ledger.ts'
import { limitPlace } from './place.ts'
import { dayMs, violation } from './some-limits.ts'

let place: ReturnType<typeof limitPlace>
beforeEach(() => {
  place = limitPlace()
})
afterEach(() => place.remove())

const everything: ReportFilter = { subject: null, sinceMs: null, limit: 1_000_000 }
const today = () => dateOf(Date.now())

async function withMemory(use: (reports: LimitReports) => Promise<void>): Promise<void> {
  await use(createMemoryLimits().reports)
}

async function withSqlite(use: (reports: LimitReports) => Promise<void>): Promise<void> {
  const store = place.openAsIs().store
  await use(store.limits.reports)
  await store.close()
}

describe.each([
  ['memory', withMemory],
  ['SQLite', withSqlite],
])('reports of limits, in %s', (_name, withReports) => {
  it('count what was let through, turned away and charged, by day and limit', () =>
    withReports(async (reports) => {
      expect(await reports.stats(everything)).toEqual([])
      reports.admitted('b', 100)
      reports.admitted('b', 50)
      reports.admitted('a', 1)
      reports.corrected('b', -30)
      reports.violated(violation({ limitId: 'b' }))
      const rows = [
        { date: today(), limitId: 'a', allowed: 1, denied: 0, amount: 1 },
        { date: today(), limitId: 'b', allowed: 2, denied: 1, amount: 120 },
      ]
      expect(await reports.stats(everything)).toEqual(rows)
      reports.corrected('a', 2)
      expect(await reports.stats({ ...everything, limit: 1 })).toEqual([{ ...rows[0], amount: 3 }])
      expect(await reports.stats({ ...everything, sinceMs: Date.now() + 2 * dayMs })).toEqual([])
    }))

  it('give violations as they were, newest first', () =>
    withReports(async (reports) => {
      const nowMs = Date.now() - 1_000
      const bare = { user: null, ip: null, retryAfterMs: null, metric: 'cost' } as const
      const told = [1, 2, 3].map((at) => violation({ requestId: `wb_${at}`, atMs: nowMs + at }))
      for (const one of told) reports.violated(one)
      const last = violation({ ...bare, requestId: 'wb_4', atMs: nowMs + 4, remaining: -5.5 })
      reports.violated(last)
      expect(await reports.violations(everything)).toEqual([last, ...told.toReversed()])
      const ids = async (filter: Partial<ReportFilter>) =>
        (await reports.violations({ ...everything, ...filter })).map(({ requestId }) => requestId)
      expect(await ids({ limit: 2 })).toEqual(['wb_4', 'wb_3'])
      expect(await ids({ limit: 0 })).toEqual([])
      expect(await ids({ sinceMs: nowMs + 3 })).toEqual(['wb_4', 'wb_3'])
    }))

  it('can be asked about one subject', () =>
    withReports(async (reports) => {
      reports.violated(violation({ requestId: 'wb_1', subject: 'user:bob', user: 'bob' }))
      reports.violated(violation({ requestId: 'wb_2', subject: 'client:web|model:fast' }))
      reports.violated(violation({ requestId: 'wb_3', subject: 'global', user: 'bob' }))
      reports.admitted('user:bob requests/day', 1)
      reports.admitted('client:web cost/day', 1)
      const ids = async (subject: string) =>
        (await reports.violations({ ...everything, subject })).map(({ requestId }) => requestId)
      expect(await ids('user:bob')).toEqual(['wb_3', 'wb_1'])
      expect(await ids('model:fast')).toHaveLength(3)
      expect(await ids('global')).toEqual(['wb_3'])
      expect(await ids('user:ali')).toEqual([])
      const stats = await reports.stats({ ...everything, subject: 'client:web' })
      expect(stats.map(({ limitId }) => limitId)).toEqual(['client:web cost/day'])
    }))

  it('forget what is older than asked for', () =>
    withReports(async (reports) => {
      const nowMs = Date.now()
      reports.violated(violation({ atMs: nowMs - 2 * dayMs, requestId: 'old' }))
      reports.violated(violation({ atMs: nowMs, requestId: 'new' }))
      reports.admitted('a', 1)
      expect(await reports.forget(nowMs - dayMs)).toBe(2)
      expect(await reports.violations(everything)).toMatchObject([{ requestId: 'new' }])
      expect((await reports.stats(everything)).map(({ date }) => date)).toEqual([today(), today()])
      expect(await reports.forget(nowMs + 2 * dayMs)).toBe(3)
    }))
})

describe('reports of limits, in memory', () => {
  it('keep some thousands of violations and some weeks', async () => {
    const { reports } = createMemoryLimits()
    const nowMs = Date.now()
    for (let index = 0; index < 25_000; index += 1) {
      const daysAgo = Math.floor((25_000 - index) / 250)
      reports.violated(violation({ requestId: `wb_${index}`, atMs: nowMs - daysAgo * dayMs }))
    }
    const kept = await reports.violations(everything)
    expect(kept.length).toBeLessThan(20_000)
    expect(kept[9_999]?.requestId).toBe('wb_15000')
    expect(await reports.stats(everything)).toHaveLength(31)
  })
})

describe('reports of limits, in SQLite', () => {
  it('are written within seconds, and at the end', async () => {
    const { store } = place.openAsIs()
    await store.limits.set.load()
    store.limits.reports.admitted('a', 1)
    await until(() => place.query('SELECT * FROM rate_limit_stats').length === 1)
    store.limits.reports.admitted('b', 1)
    store.limits.reports.violated(violation())
    await store.close()
    expect(place.query('SELECT * FROM rate_limit_stats')).toHaveLength(3)
    expect(place.query('SELECT * FROM rate_limit_violations')).toHaveLength(1)
  })

  it('count a flood of violations, and write down some of each second', () =>
    withSqlite(async (reports) => {
      for (let index = 0; index < 20_000; index += 1) reports.violated(violation())
      expect(await reports.stats(everything)).toMatchObject([{ denied: 20_000 }])
      expect(await reports.violations(everything)).toHaveLength(1_000)
    }))

  it('wait for a locked database, and are complete then', async () => {
    const { store, problems } = place.openAsIs()
    const { reports } = store.limits
    await store.limits.set.load()
    const unlock = place.lock()
    reports.admitted('a', 1)
    reports.violated(violation())
    await expect(reports.stats(everything)).rejects.toThrow('locked')
    expect(problems).toContainEqual(expect.stringContaining('cannot be recorded'))
    reports.admitted('a', 1)
    reports.violated(violation())
    unlock()
    await until(() => store.health().state === 'ok')
    expect(await reports.stats(everything)).toMatchObject([
      { limitId: 'a', allowed: 2 },
      { denied: 2 },
    ])
    await store.close()
  })

  it('take any text and any figure', () =>
    withSqlite(async (reports) => {
      const odd = {
        atMs: 1e300,
        needed: Number.POSITIVE_INFINITY,
        remaining: Number.NaN,
        retryAfterMs: 1e300,
        user: 'u'.repeat(100_000),
        model: "'\u0000\n🦊",
      }
      reports.violated(violation(odd))
      reports.admitted('a', Number.NaN)
      const [kept] = await reports.violations(everything)
      expect(kept).toMatchObject({ model: odd.model, remaining: 0 })
      expect(kept?.user?.length).toBeLessThan(1_000)
      const stats = await reports.stats(everything)
      expect(stats).toMatchObject([{ limitId: 'a', amount: 0 }, { denied: 1 }])
    }))
})
