import { describe, expect, it } from 'vitest'
import type { LimitStateHealth } from '../../../src/gateway/limit-state.ts'
import { limitsSummary } from '../../../src/gateway/limits-summary.ts'

const good: LimitStateHealth = {
  kind: 'redis',
  mode: 'exact',
  message: null,
  books: 3,
  replicas: 2,
}

describe('limits in a health report', () => {
  it('are well while they hold exactly and nothing is wrong', () => {
    expect(limitsSummary(good, 4)).toEqual({ state: 'ok', ...good, queued: 4 })
    expect(limitsSummary({ ...good, mode: 'local' }, 0).state).toBe('degraded')
    expect(limitsSummary({ ...good, message: 'The disk is full.' }, 0).state).toBe('degraded')
  })
})
