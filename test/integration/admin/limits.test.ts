import { describe, expect, it } from 'vitest'
import { openOffice, startAdmin } from '../../support/admin.ts'

const limits = '/api/v1/limits'

describe('limits at run time', () => {
  it('shows how each limit stands', async () => {
    const admin = await startAdmin()
    for (let i = 0; i < 3; i++) admin.request({ user: 'alice' })
    const { status, json } = await admin.call('GET', `${limits}?user=alice`)
    expect(status).toBe(200)
    expect(json).toMatchObject({
      state: { mode: 'exact', message: null },
      more: false,
      limits: [
        { id: 'global requests/minute', scope: 'global', used: 3 },
        {
          id: 'user requests/minute',
          scope: 'user:alice',
          metric: 'requests',
          window: 'minute',
          limit: 10,
          burst: 0,
          used: 3,
          remaining: 7,
          origin: 'configuration',
          expiresAt: null,
        },
      ],
    })
  })

  it('sets a limit that holds for the next request, and removes it again', async () => {
    const admin = await startAdmin()
    const asked = { user: 'alice', limit: 2, window: 'minute' }
    const set = await admin.call('PUT', limits, asked)
    expect(set).toMatchObject({
      status: 200,
      json: { id: 'user:alice requests/minute', scope: 'user:alice', limit: 2, setBy: 'admin' },
    })
    const passed = [1, 2, 3].map(() => admin.request({ user: 'alice' }))
    expect(passed).toEqual([true, true, false])
    expect(admin.request({ user: 'bob' })).toBe(true)
    const standing = await admin.call('GET', `${limits}?user=alice`)
    expect(standing.json).toMatchObject({ limits: [{}, { limit: 2, used: 2, origin: 'set' }] })
    const removed = await admin.call('DELETE', `${limits}?user=alice`)
    expect(removed.json).toEqual({ removed: ['user:alice requests/minute'] })
    expect(admin.request({ user: 'alice' })).toBe(true)
    expect(admin.changes).toEqual(['a limit was set', 'a limit was removed'])
  })

  it('takes POST for PUT', async () => {
    const admin = await startAdmin()
    const asked = { client: 'web', metric: 'cost', limit: 0.5, window: 'day', expires: '7d' }
    const { json } = await admin.call('POST', limits, asked)
    expect(json).toMatchObject({ id: 'client:web cost/day', limit: 0.5, metric: 'cost' })
    expect(admin.set.all()).toMatchObject([{ amount: 500_000_000 }])
  })

  it('empties books, of one or of all', async () => {
    const admin = await startAdmin()
    for (let i = 0; i < 10; i++) admin.request({ user: 'alice' })
    expect(admin.request({ user: 'alice' })).toBe(false)
    const one = await admin.call('POST', `${limits}/reset`, { user: 'alice' })
    expect(one.json).toEqual({ reset: 1 })
    expect(admin.request({ user: 'alice' })).toBe(true)
    expect((await admin.call('POST', `${limits}/reset`, {})).status).toBe(400)
    const all = await admin.call('POST', `${limits}/reset`, { all: true })
    expect(all.json).toEqual({ reset: 3 })
    expect((await admin.call('GET', `${limits}/buckets`)).json).toMatchObject({ buckets: [] })
  })

  it('lists the limits that hold, with who set them', async () => {
    const admin = await startAdmin()
    await admin.call('PUT', limits, { global: true, metric: 'concurrent', limit: 7 })
    const { json } = await admin.call('GET', `${limits}/config?global=true`)
    expect(json).toMatchObject({
      limits: [
        {
          id: 'global requests/minute',
          kind: 'sliding',
          windowMs: 60_000,
          origin: 'configuration',
        },
        { id: 'global concurrent', kind: 'held', window: null, origin: 'set', setBy: 'admin' },
      ],
    })
    const policy = await admin.call('GET', `${limits}/config?policy=product-x`)
    expect(policy.json).toMatchObject({
      limits: [
        { scope: 'global', metric: 'requests' },
        { scope: 'policy:product-x', metric: 'cost', limit: 5, timeZone: 'UTC' },
        { scope: 'global', metric: 'concurrent' },
      ],
    })
  })

  it('reports what was turned away', async () => {
    const admin = await startAdmin()
    const violation = {
      atMs: Date.now(),
      requestId: 'wb_1',
      limitId: 'policy:product-x cost/day',
      subject: 'policy:product-x',
      metric: 'cost',
      client: 'web',
      user: 'alice',
      ip: '127.0.0.1',
      model: 'fast',
      needed: 2_000_000,
      remaining: 1_000_000,
      retryAfterMs: 60_000,
    } as const
    admin.stores.reports.admitted(violation.limitId, 4_000_000)
    admin.stores.reports.violated(violation)
    const { json } = await admin.call('GET', `${limits}/violations?user=alice&since=24h`)
    expect(json).toMatchObject({
      violations: [{ requestId: 'wb_1', needed: 0.002, remaining: 0.001 }],
      more: false,
    })
    const later = await admin.call('GET', `${limits}/violations?since=2100-01-01`)
    expect(later.json).toMatchObject({ violations: [] })
    const stats = await admin.call('GET', `${limits}/stats`)
    expect(stats.json).toMatchObject({
      days: [{ id: violation.limitId, metric: 'cost', allowed: 1, denied: 1, amount: 0.004 }],
    })
  })

  it('says when there is more than was asked for', async () => {
    const admin = await startAdmin()
    for (let i = 0; i < 5; i++) admin.request({ user: `user-${i}` })
    const { json } = await admin.call('GET', `${limits}/buckets?max=2`)
    expect(json).toMatchObject({ more: true, buckets: [{}, {}] })
    const all = await admin.call('GET', `${limits}/buckets?max=1000`)
    expect(all.json).toMatchObject({ more: false })
  })

  it.each([
    'x\u001b[2J\u0000\n',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    'a\u202eb',
    'a|b%7C',
    "'; DROP TABLE user_quotas; --",
    '\u{1f468}'.repeat(128),
  ])('sees and changes whatever a user is called: %j', async (user) => {
    const admin = await startAdmin()
    for (let i = 0; i < 11; i++) admin.request({ user })
    const query = new URLSearchParams({ user })
    const status = await admin.call('GET', `${limits}?${query}`)
    expect(status.json).toMatchObject({ limits: [{ used: 10 }, { used: 10 }] })
    const reset = await admin.call('POST', `${limits}/reset`, { user })
    expect(reset.json).toEqual({ reset: 1 })
    expect(admin.request({ user })).toBe(true)
    await admin.call('PUT', limits, { user, limit: 2, window: 'minute' })
    expect([admin.request({ user }), admin.request({ user })]).toEqual([true, false])
    expect((await admin.call('DELETE', `${limits}?${query}`)).status).toBe(200)
    expect(admin.request({ user })).toBe(true)
  })

  it('answers a mistake of its own with 500, and tells of it', async () => {
    const office = await openOffice()
    const mistake = new TypeError('x is not a function')
    const desk = { ...office.desk, status: () => Promise.reject(mistake) }
    const admin = await startAdmin({ office: { ...office, desk } })
    const { status, json } = await admin.call('GET', limits)
    expect({ status, json }).toMatchObject({ status: 500, json: { error: { code: 'internal' } } })
    expect(admin.errors).toEqual([mistake])
  })

  it('cleans up', async () => {
    const admin = await startAdmin()
    const { status, json } = await admin.call('POST', `${limits}/cleanup`, { untouched: '24h' })
    expect({ status, json }).toEqual({ status: 200, json: { buckets: 0, reports: 0, expired: 0 } })
  })
})
