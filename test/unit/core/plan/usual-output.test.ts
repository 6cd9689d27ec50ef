import { describe, expect, it } from 'vitest'
import { createFleet } from '../../../../src/core/health/fleet.ts'
import { outlookOf } from '../../../../src/core/plan/outlook.ts'
import { noUsage } from '../../../../src/core/reply.ts'
import { aRequest, aTarget } from '../plans.ts'

const target = aTarget('some/model')
const request = aRequest()

/** Expected length of a reply after so many of 1,000 tokens, where the alias usually has 100. */
function expectedAfter(replies: number, usual: number | null): number {
  const fleet = createFleet()
  for (let index = 0; index < replies; index++) {
    const underway = fleet.sent(target, { inputTokens: 10, outputTokens: 100 }, index)
    const usage = { ...noUsage, inputTokens: 10, outputTokens: 1_000 }
    underway.ended({ result: 'success', failure: null, usage, costNanoUsd: null }, index + 1)
  }
  return outlookOf(fleet.vitals(target), target, request, replies + 1, usual).outputTokens
}

describe('the expected length of a reply', () => {
  it('is that of the alias until the target has shown its own', () => {
    expect(expectedAfter(0, 100)).toBe(100)
    expect(expectedAfter(5, 100)).toBeLessThan(160)
    expect(expectedAfter(500, 100)).toBeGreaterThan(700)
  })

  it("is the target's own where no other is known, and a usual one where none is", () => {
    expect(expectedAfter(5, null)).toBe(1_000)
    expect(expectedAfter(0, null)).toBe(200)
  })
})
