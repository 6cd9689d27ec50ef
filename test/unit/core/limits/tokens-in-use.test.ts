import { describe, expect, it } from 'vitest'
import { playTokens, type TokensCase } from '../../../../bench/estimates/tokens.ts'
import { recordedTrace, roughTrace } from '../../../../bench/estimates/traces.ts'

const plain: TokensCase = {
  tokensPerMinute: 90_000,
  demand: 2,
  burstMs: 0,
  inputError: 0.15,
  retries: 'obedient',
}

const recorded = recordedTrace() ?? []
const fifth = recordedTrace(5) ?? []
if (recorded.length === 0) process.stderr.write('skipped: no recorded traffic\n')

describe.skipIf(recorded.length === 0)('a limit on tokens per minute, by recorded traffic', () => {
  it.each([1.2, 2, 3])('is held and used at %f times the limit', async (demand) => {
    const one = { ...plain, demand, tokensPerMinute: 454_000, retries: 'none' } as const
    const { fullestMinute, used, refusedFalsely } = await playTokens(recorded, one, 7)
    expect(fullestMinute).toBeLessThanOrEqual(1.01)
    expect(used).toBeGreaterThanOrEqual(0.95)
    expect(refusedFalsely).toBe(0)
  })

  it.each(['obedient', 'eager'] as const)('is so by retries that are %s', async (retries) => {
    const { fullestMinute, overfull, used } = await playTokens(fifth, { ...plain, retries }, 7)
    // A request is 2 % of the limit here.
    expect(fullestMinute).toBeLessThanOrEqual(1.015)
    expect(overfull).toBeLessThanOrEqual(0.001)
    expect(used).toBeGreaterThanOrEqual(0.95)
  })

  it('is so where all of 20 seconds come at once', async () => {
    const { fullestMinute, used } = await playTokens(fifth, { ...plain, burstMs: 20_000 }, 7)
    expect(fullestMinute).toBeLessThanOrEqual(1.01)
    expect(used).toBeGreaterThanOrEqual(0.95)
  })
})

it('a limit on tokens per minute is held by replies that grow longer, and used by nine tenths', async () => {
  const trace = roughTrace(300, 3).filter(({ atMs }) => atMs < 6 * 60_000)
  const { fullestMinute, used } = await playTokens(trace, { ...plain, tokensPerMinute: 300_000 }, 7)
  expect(fullestMinute).toBeLessThanOrEqual(1.01)
  expect(used).toBeGreaterThanOrEqual(0.9)
})
