import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { dice, normal } from '../../../src/sim/dice.ts'
import type { Answer } from '../../../src/sim/provider/answer.ts'
import { conditionsAt } from '../../../src/sim/provider/conditions.ts'
import { drawAnswer } from '../../../src/sim/provider/draw-answer.ts'
import { lognormal } from '../../../src/sim/provider/lognormal.ts'
import { createSimulatedTarget } from '../../../src/sim/provider/simulated-target.ts'
import { quantilesOf } from '../../../src/sim/report/quantiles.ts'
import {
  type Behaviour,
  type Capacity,
  type Source,
  unbounded,
} from '../../../src/sim/scenario/scenario.ts'

const source: Extract<Source, { kind: 'distributions' }> = {
  kind: 'distributions',
  firstTokenMs: { p50: 400, p99: 2_000 },
  msPerThousandInput: 100,
  msPerToken: { p50: 10, p99: 40 },
  errorRate: 0.1,
  errorStatus: 500,
}

const behaviour = (more: Partial<Behaviour> = {}): Behaviour => ({
  target: 'some/model',
  source,
  capacity: unbounded,
  regimes: [],
  ...more,
})

function drawMany(of: Behaviour, nowMs = 0, inputTokens = 0): Answer[] {
  const random = seededRandom(7)
  return Array.from({ length: 20_000 }, () => drawAnswer(of, inputTokens, nowMs, random))
}

const firstTokens = (answers: readonly Answer[]) =>
  answers.flatMap((answer) => (answer.kind === 'reply' ? [answer.firstTokenMs] : []))

const failureShare = (answers: readonly Answer[]) =>
  answers.filter(({ kind }) => kind === 'failure').length / answers.length

describe('the dice of an attempt', () => {
  it('are uniform over neighbouring requests, targets and attempts', () => {
    const first: number[] = []
    for (let request = 0; request < 200; request++) {
      for (let target = 0; target < 10; target++) {
        for (let attempt = 0; attempt < 10; attempt++) {
          first.push(dice(1, request, target, attempt)())
        }
      }
    }
    const counts = new Array<number>(10).fill(0)
    for (const value of first)
      counts[Math.floor(value * 10)] = (counts[Math.floor(value * 10)] ?? 0) + 1
    const expected = first.length / 10
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 99.9 % of uniform samples stay below, for nine degrees of freedom.
    expect(chiSquared).toBeLessThan(27.9)
    expect(new Set(first).size).toBeGreaterThan(first.length * 0.999)
  })

  it('make normal draws', () => {
    const random = seededRandom(5)
    const draws = Array.from({ length: 50_000 }, () => normal(random))
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
    expect(mean).toBeCloseTo(0, 1)
    expect(variance).toBeCloseTo(1, 1)
  })
})

describe('a lognormal duration', () => {
  it('has the median, the tail and the mean it is fitted to', () => {
    const spread = { p50: 400, p99: 2_000 }
    const random = seededRandom(11)
    const drawn = Array.from({ length: 100_000 }, () => lognormal(spread, normal(random)))
    const { p50, p99, mean } = quantilesOf(drawn)
    expect(p50 / 400).toBeCloseTo(1, 1)
    expect(p99 / 2_000).toBeCloseTo(1, 1)
    // exp(mu + sigma² / 2)
    const sigma = Math.log(spread.p99 / spread.p50) / 2.3263478740408408
    expect(mean / (spread.p50 * Math.exp(sigma ** 2 / 2))).toBeCloseTo(1, 1)
  })

  it('without a spread is always the same', () => {
    expect(lognormal({ p50: 5, p99: 5 }, 3)).toBe(5)
    expect(lognormal({ p50: 0, p99: 0 }, 3)).toBe(0)
  })
})

describe('a simulated answer', () => {
  it('has the distribution, the errors and the prompt time of its target', () => {
    const answers = drawMany(behaviour(), 0, 2_000)
    expect(failureShare(answers)).toBeCloseTo(0.1, 1)
    const { p50, p99 } = quantilesOf(firstTokens(answers).map((value) => value - 200))
    expect(p50 / 400).toBeCloseTo(1, 1)
    expect(p99 / 2_000).toBeCloseTo(1, 1)
  })

  it('is drawn from the measured calls, each as often', () => {
    const answers = drawMany(
      behaviour({
        source: {
          kind: 'measurements',
          calls: [
            { kind: 'reply', firstTokenMs: 1, msPerToken: 2 },
            { kind: 'reply', firstTokenMs: 3, msPerToken: 4 },
            { kind: 'error', status: 429, afterMs: 9 },
            { kind: 'error', status: 429, afterMs: 9 },
          ],
        },
      }),
    )
    expect(failureShare(answers)).toBeCloseTo(0.5, 1)
    const counts = firstTokens(answers).filter((value) => value === 1).length
    expect(counts / answers.length).toBeCloseTo(0.25, 1)
    expect(answers).toContainEqual({
      kind: 'failure',
      afterMs: 9,
      failure: expect.objectContaining({ class: 'provider_rate_limited', upstreamStatus: 429 }),
    })
  })
})

describe('regimes', () => {
  const half = () => 0.5
  const factorAt = (regimes: Behaviour['regimes'], nowMs: number) =>
    conditionsAt(regimes, nowMs, half).factor

  it('step up and back', () => {
    const step = [{ kind: 'step', from: 10, to: 20, factor: 5 }] as const
    expect([9, 10, 19, 20].map((at) => factorAt(step, at))).toEqual([1, 5, 5, 1])
    expect(factorAt([{ kind: 'step', from: 10, factor: 5 }], 1e9)).toBe(5)
  })

  it('ramp up, stay, and end', () => {
    const ramp = [{ kind: 'ramp', from: 10, to: 20, until: 30, factor: 3 }] as const
    expect([5, 10, 15, 20, 25, 30].map((at) => factorAt(ramp, at))).toEqual([1, 1, 2, 3, 3, 1])
  })

  it('spike for a share of the requests', () => {
    const spikes = [{ kind: 'spike', from: 0, to: 10, factor: 9, share: 0.25 }] as const
    const random = seededRandom(1)
    const hit = Array.from({ length: 10_000 }, () => conditionsAt(spikes, 5, random).factor)
    expect(hit.filter((factor) => factor === 9).length / hit.length).toBeCloseTo(0.25, 1)
  })

  it('brown out: slower, and failing besides', () => {
    const brownOut = { kind: 'brown-out', from: 0, to: 10, factor: 4, errorRate: 0.4 } as const
    const answers = drawMany(
      behaviour({ source: { ...source, errorRate: 0 }, regimes: [brownOut] }),
    )
    expect(failureShare(answers)).toBeCloseTo(0.4, 1)
    expect(quantilesOf(firstTokens(answers)).p50 / 1_600).toBeCloseTo(1, 1)
  })

  it.each([
    ['unreachable', 'failure'],
    ['error', 'failure'],
    ['silent', 'silence'],
  ] as const)('cut off: %s', (how, kind) => {
    const regimes = [{ kind: 'outage', from: 0, to: 10, how }] as const
    expect(drawAnswer(behaviour({ regimes }), 1, 5, half).kind).toBe(kind)
    expect(drawAnswer(behaviour({ regimes }), 1, 10, half).kind).toBe('reply')
  })

  it('refuse with 429 and a pause', () => {
    const limited = { kind: 'rate-limit', from: 0, to: 10, share: 1, retryAfter: 3_000 } as const
    expect(drawAnswer(behaviour({ regimes: [limited] }), 1, 5, half)).toMatchObject({
      failure: { class: 'provider_rate_limited', retryAfterMs: 3_000 },
    })
  })

  it('multiply where they overlap', () => {
    const both = [
      { kind: 'step', from: 0, factor: 2 },
      { kind: 'brown-out', from: 0, to: 9, factor: 3, errorRate: 0 },
    ] as const
    expect(factorAt(both, 1)).toBe(6)
  })
})

describe('capacity', () => {
  function target(capacity: Partial<Capacity>) {
    const simulated = createSimulatedTarget(
      behaviour({ source: { ...source, errorRate: 0 }, capacity: { ...unbounded, ...capacity } }),
      () => 0,
    )
    const random = seededRandom(1)
    const call = (tokens = 10) => {
      const answers: Answer[] = []
      const place = simulated.call({
        tokens,
        inputTokens: 1,
        random,
        answered: (answer) => answers.push(answer),
      })
      return { place, kind: () => answers[0]?.kind ?? 'waiting' }
    }
    return { simulated, call }
  }

  it('refuses beyond its concurrency until a place is free', () => {
    const { call } = target({ concurrent: 1 })
    const first = call()
    expect([first.kind(), call().kind()]).toEqual(['reply', 'failure'])
    first.place.leave()
    first.place.leave()
    expect([call().kind(), call().kind()]).toEqual(['reply', 'failure'])
  })

  it('lets wait in turn, and passes over who left the queue', () => {
    const { call } = target({ concurrent: 1, whenFull: 'queue' })
    const [first, second, third] = [call(), call(), call()]
    expect([second.kind(), third.kind()]).toEqual(['waiting', 'waiting'])
    second.place.leave()
    first.place.leave()
    expect([second.kind(), third.kind()]).toEqual(['waiting', 'reply'])
  })

  it('counts tokens, and lets a call that is too large run alone', () => {
    const { call } = target({ tokens: 100 })
    const large = call(500)
    expect([large.kind(), call(1).kind()]).toEqual(['reply', 'failure'])
    large.place.leave()
    expect([call(60).kind(), call(60).kind(), call(40).kind()]).toEqual([
      'reply',
      'failure',
      'reply',
    ])
  })

  it('takes no more than its share of all requests', () => {
    const { simulated, call } = target({ share: 0.25 })
    let taken = 0
    for (let request = 0; request < 1_000; request++) {
      simulated.requestArrived()
      if (call().kind() === 'reply') taken++
    }
    expect(taken).toBeGreaterThanOrEqual(250)
    expect(taken).toBeLessThanOrEqual(261)
  })
})
