import { describe, expect, it } from 'vitest'
import { requestOf } from '../../../../bench/estimates/play.ts'
import { pricedTarget } from '../../../../bench/estimates/priced-target.ts'
import type { Target } from '../../../../src/core/catalog.ts'
import { type Estimates, openEstimates } from '../../../../src/core/limits/estimates.ts'
import { noUsage } from '../../../../src/core/reply.ts'
import type { Request } from '../../../../src/core/request.ts'

const [policy, model] = ['product-x', 'fast']

function asking(inputTokens = 1_000, maxOutputTokens: number | null = null): Request {
  const asked = { atMs: 0, inputTokens, outputTokens: 0, maxOutputTokens }
  return requestOf({ ...asked, inputTokensEstimate: inputTokens })
}

function teach(estimates: Estimates, request: Request, outputTokens: number, times = 1): void {
  for (let i = 0; i < times; i++) {
    const usage = { ...noUsage, inputTokens: request.inputTokensEstimate, outputTokens }
    estimates.ended(estimates.begun(policy, model, request), usage)
  }
}

function taught(outputTokens: number, times = 100): Estimates {
  const estimates = openEstimates()
  teach(estimates, asking(), outputTokens, times)
  return estimates
}

describe('an estimate', () => {
  it('knows the bounds of a reply before any was seen', () => {
    const estimates = openEstimates()
    const bounded = estimates.estimate(policy, model, asking(1_000, 500), pricedTarget)
    expect(bounded).toMatchObject({ inputTokens: 1_000, outputTokens: 200, seen: 0 })
    expect(bounded.mostOutputTokens).toBe(500)
    expect(bounded.mostNanoUsd).toBe(1_000 * 1_000 + 500 * 10_000)
    const free = estimates.estimate(policy, model, asking(), pricedTarget)
    expect(free.mostOutputTokens).toBe(128_000)
    const tiny = estimates.estimate(policy, model, asking(1_000, 16), pricedTarget)
    expect(tiny.outputTokens).toBe(16)
  })

  it('expects what replies were like, and prepares for a little more', () => {
    const estimate = taught(4_900).estimate(policy, model, asking(), pricedTarget)
    expect(estimate.outputTokens).toBe(4_900)
    expect(estimate.costNanoUsd).toBe(50_000_000)
    expect(estimate.enoughNanoUsd).toBeGreaterThanOrEqual(50_000_000)
    expect(estimate.enoughNanoUsd).toBeLessThan(51_000_000)
  })

  it('has no cost, rather than none to pay, where the price is not known', () => {
    const target: Target = { ...pricedTarget, price: null }
    const estimates = taught(100)
    for (const at of [target, null]) {
      const estimate = estimates.estimate(policy, model, asking(), at)
      expect(estimate.costNanoUsd).toBeNull()
      expect([estimate.costVariance, estimate.enoughNanoUsd, estimate.mostNanoUsd]).toEqual([
        0, 0, 0,
      ])
    }
  })

  it('is of the rates that its prompt is billed at', () => {
    const price = pricedTarget.price
    if (price === null) throw new Error('it has one')
    const dear = { ...price, aboveInputTokens: 500, inputNanoUsd: 2_000, outputNanoUsd: 20_000 }
    const target: Target = { ...pricedTarget, price: { ...price, tiers: [dear] } }
    const estimate = taught(100).estimate(policy, model, asking(), target)
    expect(estimate.costNanoUsd).toBe(1_000 * 2_000 + 100 * 20_000)
  })

  it('prices an image that has no tokens', () => {
    const price = { ...pricedTarget.price, requestNanoUsd: 0, imageNanoUsd: 4e7 }
    const rates = { inputNanoUsd: 0, cachedInputNanoUsd: 0, cacheWriteNanoUsd: 0, outputNanoUsd: 0 }
    const target: Target = { ...pricedTarget, price: { ...price, ...rates } }
    const endpoint = { ...asking().endpoint, operation: 'image' } as const
    const estimate = openEstimates().estimate(policy, model, { ...asking(50), endpoint }, target)
    expect(estimate).toMatchObject({ outputTokens: 0, costNanoUsd: 4e7, mostNanoUsd: 4e7 })
  })

  it('learns how many tokens the prompts of a model really have', () => {
    const estimates = openEstimates()
    for (const estimated of [100, 2_000, 400, 9_000, 1_200, 300]) {
      const request = asking(estimated)
      const usage = { ...noUsage, inputTokens: 1.25 * estimated, outputTokens: 10 }
      estimates.ended(estimates.begun(policy, model, request), usage)
    }
    const { inputTokens, inputVariance } = estimates.estimate(policy, model, asking(4_000), null)
    expect(inputTokens).toBe(5_000)
    expect(Math.sqrt(inputVariance)).toBeLessThan(0.12 * 4_000)
  })

  it('keeps policies and sizes of prompts apart, once it knows them', () => {
    const estimates = taught(100)
    teach(estimates, asking(20_000), 2_000, 100)
    const outputFor = (who: string, input: number) =>
      estimates.estimate(who, model, asking(input), null).outputTokens
    expect(outputFor(policy, 1_000)).toBe(100)
    expect(outputFor(policy, 20_000)).toBe(2_000)
    // Nobody has seen these: as the model usually replies.
    expect(outputFor('another', 1_000)).toBeGreaterThan(500)
    expect(outputFor(policy, 100_000)).toBeGreaterThan(500)
  })

  it('does not take replies that were cut off for short ones', () => {
    const estimates = taught(1_000)
    teach(estimates, asking(1_000, 16), 16, 200)
    const outputOf = (most: number | null) =>
      estimates.estimate(policy, model, asking(1_000, most), null).outputTokens
    expect(outputOf(null)).toBe(1_000)
    expect(outputOf(16)).toBe(16)
  })

  it('learns nothing from failures, and in the order in which requests began', () => {
    const estimates = openEstimates()
    const [long, short, failed] = Array.from({ length: 3 }, () =>
      estimates.begun(policy, model, asking()),
    )
    if (long === undefined || short === undefined || failed === undefined) throw new Error('three')
    estimates.ended(failed, null)
    estimates.ended(short, { ...noUsage, inputTokens: 1_000, outputTokens: 10 })
    expect(estimates.estimate(policy, model, asking(), null).seen).toBe(0)
    estimates.ended(long, { ...noUsage, inputTokens: 1_000, outputTokens: 990 })
    const estimate = estimates.estimate(policy, model, asking(), null)
    expect(estimate.seen).toBeCloseTo(2, 1)
    expect(estimate.outputTokens).toBeCloseTo(500, -1)
  })
})

describe('what was learned', () => {
  it('survives a restart', () => {
    const before = taught(4_900)
    const after = openEstimates(structuredClone(before.snapshot()))
    const [old, restored] = [before, after].map((one) =>
      one.estimate(policy, model, asking(), pricedTarget),
    )
    expect(restored?.outputTokens).toBe(old?.outputTokens)
    expect(restored?.enoughNanoUsd).toBeCloseTo(old?.enoughNanoUsd ?? 0, -5)
    expect(restored?.seen).toBeCloseTo(old?.seen ?? 0, 0)
  })

  it('takes nothing odd from a snapshot', () => {
    const odd = [
      { models: 7 },
      { models: [null, 'x', {}, { name: 'fast' }, { name: 'fast', output: [1, 2] }] },
      { models: [{ name: 'fast', output: [{}], policies: [{ name: 'product-x', output: 5 }] }] },
    ]
    for (const snapshot of odd) {
      expect(openEstimates(snapshot).estimate(policy, model, asking(), null).seen).toBe(0)
    }
    const half = { name: 'fast', output: [40, 50, 240], input: ['x'], policies: [{ name: 3 }, {}] }
    const estimate = openEstimates({ models: [half] }).estimate(policy, model, asking(), null)
    expect(estimate.outputTokens).toBe(240)
  })

  it('is bounded, whatever names clients think of', () => {
    const estimates = openEstimates()
    for (let i = 0; i < 5_000; i++) {
      const begun = estimates.begun(`policy ${i % 40}`, `model ${i}`, asking(10 ** (i % 5)))
      estimates.ended(begun, { ...noUsage, inputTokens: 10, outputTokens: 10 })
      teach(estimates, asking(), 50)
    }
    const { models } = estimates.snapshot()
    expect(Array.isArray(models) && models.length).toBeLessThanOrEqual(1_024)
    // Heard of all the time: not forgotten.
    expect(estimates.estimate(policy, model, asking(), null).outputTokens).toBe(50)
    expect(estimates.estimate(policy, 'model 0', asking(), null).seen).toBe(0)
  })

  it('is bounded for one name, too', () => {
    const estimates = openEstimates()
    for (let i = 0; i < 500; i++) {
      const begun = estimates.begun(`policy ${i}`, model, asking(2 ** (i % 14)))
      estimates.ended(begun, { ...noUsage, inputTokens: 10, outputTokens: 10 })
    }
    expect(JSON.stringify(estimates.snapshot()).length).toBeLessThan(20_000)
  })
})
