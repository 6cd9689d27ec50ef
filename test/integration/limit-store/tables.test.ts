import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dateOf } from '../../../src/adapters/store/limits/limit-counts.ts'
import { waybills } from '../../../src/adapters/store/sqlite/migrations/0001-waybills.ts'
import { sampleRecord, stored } from '../../conformance/ledger/sample-record.ts'
import { until } from '../../conformance/ledger/temporary-ledger.ts'
import { limitPlace } from './place.ts'
import { dayMs, limit, savedBook, setLimit, violation } from './some-limits.ts'

let place: ReturnType<typeof limitPlace>
beforeEach(() => {
  place = limitPlace()
})
afterEach(() => place.remove())

/** A database with all tables, nobody at work in it. */
async function madeDatabase(): Promise<void> {
  const { store } = place.openAsIs()
  await store.limits.set.load()
  await store.close()
}

function insertViolations(count: number, atMs: number): void {
  place.change(`
    WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < ${count})
    INSERT INTO rate_limit_violations
      (at_ms, request_id, limit_id, subject, metric, client, model, needed, remaining)
    SELECT ${atMs}, 'wb_' || n, 'user requests/minute', 'user:alice', 'requests', 'web', 'fast', 1, 0
    FROM counter`)
}

const countOf = (table: string): number =>
  place.query<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)[0]?.count ?? -1

describe('the triggers of the limit tables', () => {
  it('count a violation on the day it happened', async () => {
    await madeDatabase()
    const nowMs = Date.now()
    insertViolations(3, nowMs)
    insertViolations(2, nowMs - dayMs)
    expect(place.query('SELECT date, denied FROM rate_limit_stats ORDER BY date')).toEqual([
      { date: dateOf(nowMs - dayMs), denied: 2 },
      { date: dateOf(nowMs), denied: 3 },
    ])
  })

  it('keep the last 100,000 violations', async () => {
    await madeDatabase()
    insertViolations(100_500, Date.now())
    expect(countOf('rate_limit_violations')).toBe(100_000)
    expect(place.query('SELECT denied FROM rate_limit_stats')).toEqual([{ denied: 100_500 }])
    const [first] = place.query('SELECT request_id FROM rate_limit_violations ORDER BY id LIMIT 1')
    expect(first).toEqual({ request_id: 'wb_501' })
  })

  it('keep violations for 30 days and statistics for 400', async () => {
    await madeDatabase()
    const nowMs = Date.now()
    for (const days of [402, 399, 31, 29]) insertViolations(1, nowMs - days * dayMs)
    expect(countOf('rate_limit_violations')).toBe(2)
    insertViolations(1, nowMs)
    expect(countOf('rate_limit_violations')).toBe(2)
    expect(countOf('rate_limit_stats')).toBe(4)
  })

  it('remove what is unused or has expired with every save', async () => {
    const { store, books } = await place.open()
    const nowMs = Date.now()
    const old = { touchedAtMs: nowMs - 2 * dayMs, resetAtMs: nowMs - 2 * dayMs }
    insertViolations(1, nowMs - 31 * dayMs)
    await store.limits.set.put(setLimit('1'))
    place.change(`UPDATE user_quotas SET expires_at_ms = ${nowMs - 1}`)
    await books.save([savedBook('old', 0, old), savedBook('new', 1)], [])
    await store.close()
    expect(place.query('SELECT subject FROM rate_limit_buckets')).toEqual([{ subject: 'new' }])
    expect(countOf('user_quotas')).toBe(0)
    expect(countOf('rate_limit_violations')).toBe(0)
  })

  it('remove expired quotas when another is set', async () => {
    const { store } = place.openAsIs()
    await store.limits.set.put(setLimit('1', { expiresAtMs: Date.now() - 1 }))
    await store.limits.set.put(setLimit('2'))
    await store.close()
    expect(place.query('SELECT limit_id FROM user_quotas')).toEqual([{ limit_id: '2' }])
  })
})

describe('the views of the limit tables', () => {
  it('show buckets in use, with times to read', async () => {
    const { store, books } = await place.open()
    const nowMs = Date.now()
    const full = savedBook('full', 0, { resetAtMs: nowMs - 1 })
    await books.save([savedBook('used', 25, { resetAtMs: nowMs + 60_000 }), full], [])
    expect(place.query('SELECT * FROM active_buckets')).toEqual([
      {
        limit_id: 'user requests/minute',
        subject: 'used',
        capacity: 100,
        remaining: 75,
        used: 25,
        used_percent: 25,
        reset_at: new Date(nowMs + 60_000).toISOString(),
        touched_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ])
    await store.close()
  })

  it('show buckets as the limit that holds for their subject now has them', async () => {
    const { store, books } = await place.open()
    const { set } = store.limits
    const web = { dimensions: ['client'], only: { client: 'web' } } as const
    const daily = {
      per: 'day',
      window: { kind: 'calendar', period: 'day', timeZone: 'UTC' },
    } as const
    store.limits.configured([
      limit('user requests/minute', { amount: 200, burst: 0 }),
      limit('user requests/day sliding', { per: 'day', amount: 1_000, burst: 0 }),
      limit('client:web requests/day', { ...web, ...daily, amount: 500, burst: 0 }),
      limit('user|model requests/minute', { dimensions: ['user', 'model'] }),
    ])
    await set.put(setLimit('user:alice requests/minute', { amount: 7, burst: 0 }))
    await set.put(setLimit('user:alice requests/day', { per: 'day', amount: 70, burst: 3 }))
    const forWeb = { scope: 'client', value: 'web', per: 'day', amount: 50, burst: 0 } as const
    await set.put(setLimit('client:web requests/day', forWeb))
    const ended = { value: 'eve', amount: 1, expiresAtMs: Date.now() + 1 }
    await set.put(setLimit('user:eve requests/minute', ended))
    await books.save(
      [
        savedBook('user:alice', 5),
        savedBook('user:alice', 60, { limitId: 'user requests/day sliding' }),
        savedBook('user:bob', 5),
        savedBook('user:eve', 5),
        savedBook('client:web', 20, { limitId: 'client:web requests/day' }),
        savedBook('user:alice|model:fast', 5, { limitId: 'user|model requests/minute' }),
      ],
      [],
    )
    await store.close()
    const columns = 'limit_id, subject, capacity, used, remaining'
    expect(place.query(`SELECT ${columns} FROM active_buckets ORDER BY 1, 2`)).toEqual(
      [
        ['client:web requests/day', 'client:web', 50, 20],
        ['user requests/minute', 'user:bob', 200, 5],
        ['user requests/minute', 'user:eve', 200, 5],
        ['user:alice requests/day', 'user:alice', 73, 60],
        ['user:alice requests/minute', 'user:alice', 7, 5],
        ['user|model requests/minute', 'user:alice|model:fast', 110, 5],
      ].map(([limit_id, subject, capacity, used]) => {
        const remaining = Number(capacity) - Number(used)
        return { limit_id, subject, capacity, used, remaining }
      }),
    )
    const summary = 'limit_id, source, amount, active_buckets, lowest_remaining AS lowest'
    expect(place.query(`SELECT ${summary} FROM rate_limit_summary ORDER BY 1, 2`)).toEqual(
      [
        ['client:web requests/day', 'quota', 50, 1, 30],
        ['user requests/day sliding', 'configuration', 1_000, 0, 1_000],
        ['user requests/minute', 'configuration', 200, 2, 195],
        ['user:alice requests/day', 'quota', 70, 1, 13],
        ['user:alice requests/minute', 'quota', 7, 1, 2],
        ['user|model requests/minute', 'configuration', 100, 1, 105],
      ].map(([limit_id, source, amount, active_buckets, lowest]) => {
        return { limit_id, source, amount, active_buckets, lowest }
      }),
    )
  })

  it('are shown soon where there are very many', async () => {
    await madeDatabase()
    const many = (from: string, into: string) => `
      WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 50000)
      INSERT INTO ${into} SELECT ${from} FROM counter`
    const quota = "'user:' || n || ' requests/minute', 'user', n, 'requests', 'minute', 9, 0, NULL"
    place.change(many(`${quota}, 1, 'a'`, 'user_quotas'))
    const bucket = "'user requests/minute', 'user:' || n, 5, 1, 253402300799999, 1, '{}'"
    place.change(many(bucket, 'rate_limit_buckets'))
    const beganMs = performance.now()
    const [row] = place.query('SELECT count(*) AS buckets, min(remaining) AS r FROM active_buckets')
    expect(row).toEqual({ buckets: 50_000, r: 5 })
    expect(place.query('SELECT * FROM rate_limit_summary')).toHaveLength(50_000)
    expect(performance.now() - beganMs).toBeLessThan(5_000)
  })

  it('show the violations of the last day, newest first', async () => {
    const { store } = await place.open()
    const nowMs = Date.now()
    for (const hours of [25, 23, 0]) {
      const atMs = nowMs - (hours * dayMs) / 24
      store.limits.reports.violated(violation({ atMs, requestId: `wb_${hours}` }))
    }
    await store.close()
    const shown = place.query<{ at: string; request_id: string }>('SELECT * FROM recent_violations')
    expect(shown.map(({ request_id }) => request_id)).toEqual(['wb_0', 'wb_23'])
    expect(shown[0]?.at).toBe(new Date(nowMs).toISOString())
  })

  it('sum up every limit, as it stands today', async () => {
    const { store, books } = await place.open()
    const { set, reports } = store.limits
    store.limits.configured([
      limit('user requests/minute'),
      limit('client:web|model cost/month', {
        dimensions: ['client', 'model'],
        only: { client: 'web' },
        metric: 'cost',
        per: 'month',
        window: { kind: 'calendar', period: 'month', timeZone: 'Europe/Zurich' },
        amount: 5e9,
        burst: 0,
        strict: true,
      }),
    ])
    await set.put(setLimit('user:alice requests/minute'))
    await set.put(setLimit('ip:::1 requests/minute', { scope: 'ip', value: '::1' }))
    await set.put(setLimit('user:bob requests/day', { value: 'bob', expiresAtMs: Date.now() + 1 }))
    await books.save([savedBook('user:bob', 25), savedBook('user:eve', 100)], [])
    reports.admitted('user requests/minute', 1)
    reports.violated(violation())
    await store.close()
    expect(place.query('SELECT * FROM rate_limit_summary ORDER BY limit_id')).toEqual([
      expect.objectContaining({
        limit_id: 'client:web|model cost/month',
        source: 'configuration',
        scope: 'client|model',
        subject: 'client:web',
        metric: 'cost',
        period: 'month',
        amount: 5e9,
        burst: 0,
        active_buckets: 0,
        lowest_remaining: 5e9,
        allowed_today: 0,
        denied_today: 0,
        amount_today: 0,
      }),
      expect.objectContaining({ source: 'set', scope: 'ip', subject: 'ip:::1' }),
      expect.objectContaining({
        limit_id: 'user requests/minute',
        subject: null,
        active_buckets: 2,
        lowest_remaining: 10,
        allowed_today: 1,
        denied_today: 1,
        amount_today: 1,
      }),
      expect.objectContaining({ source: 'quota', scope: 'user', subject: 'user:alice' }),
    ])
    const [row] = place.query('SELECT * FROM rate_limit_configs WHERE strict = 1')
    expect(row).toMatchObject({ window_kind: 'calendar', time_zone: 'Europe/Zurich' })
  })
})

describe('the configured limits', () => {
  it('are those of the last configuration', async () => {
    const { store } = place.openAsIs()
    await store.limits.set.load()
    store.limits.configured([limit('a'), limit('b')])
    await until(() => countOf('rate_limit_configs') === 2)
    await store.limits.set.put(setLimit('c', { scope: 'model' }))
    store.limits.configured([limit('b', { amount: 7 })])
    await store.close()
    expect(place.query('SELECT limit_id, amount FROM rate_limit_configs ORDER BY 1')).toEqual([
      { limit_id: 'b', amount: 7 },
      { limit_id: 'c', amount: 100 },
    ])
  })
})

describe('a database of the version before', () => {
  it('gets the tables of limits and keeps its records', async () => {
    const older = new Database(place.databasePath)
    older.exec('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TEXT)')
    older.exec(waybills.sql)
    older.exec("INSERT INTO schema_version VALUES (1, 'yesterday')")
    older.exec(`INSERT INTO waybills (id, arrived_at_ms, streaming, attempts, input_tokens,
      cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, total_ms,
      overhead_ms, story) VALUES ('wb_old', 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, '{}')`)
    older.close()
    const { store, books } = await place.open()
    await books.save([savedBook('a', 1)], [])
    await stored(store, sampleRecord('wb_new'))
    await store.close()
    expect(place.ids()).toEqual(['wb_new', 'wb_old'])
    expect(countOf('rate_limit_buckets')).toBe(1)
    expect(place.query('SELECT version FROM schema_version')).toEqual([
      { version: 1 },
      { version: 2 },
      { version: 3 },
    ])
  })
})
