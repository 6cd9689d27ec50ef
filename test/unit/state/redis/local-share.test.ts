import { describe, expect, it } from 'vitest'
import { fittedTo } from '../../../../src/adapters/state/redis/local-share.ts'
import { charge, slidingLimit } from '../../../conformance/limits/limits.ts'

const tokens = slidingLimit('tokens', { amount: 1_000 })
const requests = slidingLimit('requests', { amount: 4, metric: 'requests' })

/** What has to be left for one charge where this gateway may give out a share. */
function leastOf(one: ReturnType<typeof charge>, share: number): number | undefined {
  return fittedTo({ ticket: 'wb_1', charges: [one], options: [] }, share).charges[0]?.least
}

describe('a share of a limit', () => {
  it('lets an estimate pass that only the whole limit could hold, when all of it is there', () => {
    expect(leastOf(charge(tokens, 250), 1 / 8)).toBe(125)
    expect(leastOf(charge(tokens, 100), 1 / 8)).toBe(100)
  })

  it('lets nothing pass that the whole limit could not hold', () => {
    expect(leastOf(charge(tokens, 1_200), 1 / 8)).toBe(1_200)
  })

  it('of less than a request lets none pass', () => {
    expect(leastOf(charge(requests), 1 / 8)).toBe(1)
  })

  it('that is all of it changes nothing', () => {
    const borrowing = { ticket: 'wb_1', charges: [charge(tokens, 250)], options: [] }
    expect(fittedTo(borrowing, 1)).toBe(borrowing)
  })
})
