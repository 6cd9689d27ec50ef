import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plausibleUsage, reportedCount } from '../../../src/core/plausible-usage.ts'
import { noUsage, type Usage } from '../../../src/core/reply.ts'

describe('plausibleUsage', () => {
  it.each([
    { inputTokens: -1 },
    { outputTokens: -1 },
    { inputTokens: 1e18 },
    { outputTokens: 1_000_000_001 },
    { inputTokens: Number.NaN },
    { outputTokens: Number.POSITIVE_INFINITY },
  ])('takes %j for not reported', (part) => {
    expect(plausibleUsage({ ...noUsage, ...part })).toBeNull()
  })

  it('keeps parts within their totals', () => {
    const reported = {
      inputTokens: 100,
      cachedInputTokens: 80,
      cacheWriteTokens: 1e18,
      outputTokens: 10.4,
      reasoningTokens: -5,
    }
    expect(plausibleUsage(reported)).toEqual({
      inputTokens: 100,
      cachedInputTokens: 80,
      cacheWriteTokens: 20,
      outputTokens: 10,
      reasoningTokens: 0,
    })
  })

  it('gives whole numbers that money can be made of, whatever was reported', () => {
    const count = fc.oneof(fc.nat(2_000), fc.double())
    const reported: fc.Arbitrary<Usage> = fc.record({
      inputTokens: count,
      cachedInputTokens: count,
      cacheWriteTokens: count,
      outputTokens: count,
      reasoningTokens: count,
    })
    fc.assert(
      fc.property(reported, (usage) => {
        const found = plausibleUsage(usage)
        if (found === null) return
        for (const figure of Object.values(found)) expect(Number.isSafeInteger(figure)).toBe(true)
        expect(Math.min(...Object.values(found))).toBeGreaterThanOrEqual(0)
        expect(found.cachedInputTokens + found.cacheWriteTokens).toBeLessThanOrEqual(
          found.inputTokens,
        )
        expect(found.reasoningTokens).toBeLessThanOrEqual(found.outputTokens)
      }),
    )
  })
})

describe('reportedCount', () => {
  it('keeps what is not reported and what can be true, and spoils every sum with the rest', () => {
    expect(reportedCount(null)).toBeNull()
    expect(reportedCount(0)).toBe(0)
    expect((reportedCount(-1) ?? 0) + 100).toBeNaN()
    expect((reportedCount(1e18) ?? 0) + 100).toBeNaN()
  })
})
