import { describe, expect, it } from 'vitest'
import type { Denial } from '../../../../src/core/limits/limit.ts'
import { isWorthWaiting, nextTryMs } from '../../../../src/core/limits/worth-waiting.ts'
import { aLimit } from './some-limits.ts'

const rate: Denial = {
  limit: aLimit(['user']),
  subject: 'user:alice',
  needed: 1,
  remaining: 0,
  retryAfterMs: 2_000,
}
const atOnce: Denial = {
  ...rate,
  limit: aLimit(['user'], {}, { metric: 'concurrent', per: null, amount: 10 }),
}

describe('waiting for a limit', () => {
  it('is worth it when there is room before the end', () => {
    expect(isWorthWaiting(rate, 1_000, 3_001)).toBe(true)
    expect(isWorthWaiting(rate, 1_000, 3_000)).toBe(false)
    expect(isWorthWaiting({ ...rate, retryAfterMs: null }, 0, 1e9)).toBe(false)
  })

  it('for a running request to end is worth it until the end', () => {
    expect(isWorthWaiting(atOnce, 0, 1)).toBe(true)
    expect(isWorthWaiting(atOnce, 1, 1)).toBe(false)
    expect(isWorthWaiting({ ...atOnce, needed: 11 }, 0, 1e9)).toBe(false)
  })

  it('asks again when there may be room, and never without a pause', () => {
    expect(nextTryMs(rate)).toBe(2_000)
    expect(nextTryMs({ ...rate, retryAfterMs: 0 })).toBe(1)
    expect(nextTryMs({ ...atOnce, retryAfterMs: 60_000 })).toBe(250)
  })
})
