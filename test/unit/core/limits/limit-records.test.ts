import { describe, expect, it } from 'vitest'
import type { Denial, Reading } from '../../../../src/core/limits/limit.ts'
import { limitRecords, refusingLimit } from '../../../../src/core/limits/limit-records.ts'
import { aLimit } from './some-limits.ts'

const ofPolicy: Reading = {
  limit: aLimit(['policy'], {}, { burst: 10 }),
  subject: 'policy:product-x',
  remaining: 87.9,
  resetMs: 41_249.2,
}
const ofUser: Reading = {
  limit: aLimit(['user']),
  subject: 'user:alice',
  remaining: 0,
  resetMs: 60_000,
}
const denial: Denial = { ...ofUser, needed: 1, retryAfterMs: 900 }

describe('limits in a record', () => {
  it('are as they stood, in whole figures', () => {
    expect(limitRecords([ofPolicy])).toEqual([
      {
        scope: 'policy:product-x',
        metric: 'requests',
        per: 'minute',
        amount: 110,
        remaining: 87,
        resetMs: 41_250,
        needed: null,
      },
    ])
    expect(limitRecords([])).toEqual([])
  })

  it('tell which one turned the request away', () => {
    const limits = limitRecords([ofPolicy, ofUser], denial)
    expect(limits.map(({ needed }) => needed)).toEqual([null, 1])
    expect(refusingLimit(limits)?.scope).toBe('user:alice')
    expect(refusingLimit(limitRecords([ofPolicy, ofUser]))).toBeNull()
  })

  it('hold a limit of a target where it turned the request away', () => {
    const ofTarget = { ...denial, limit: aLimit(['provider']), subject: 'provider:east' }
    const limits = limitRecords([ofPolicy], ofTarget)
    expect(limits.map(({ scope }) => scope)).toEqual(['policy:product-x', 'provider:east'])
    expect(limits.at(-1)).toMatchObject({ needed: 1, resetMs: 900 })
  })
})
