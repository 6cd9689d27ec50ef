import { describe, expect, it } from 'vitest'
import type { StrategyChoice, StrategyName } from '../../../../src/core/catalog.ts'
import { unknownCapabilities } from '../../../../src/core/needs.ts'
import { choiceOf } from '../../../../src/core/plan/choice.ts'
import type { Candidate } from '../../../../src/core/plan/plan.ts'
import { strategies } from '../../../../src/core/plan/strategies/index.ts'
import { aCandidate, aKnownCandidate, aRequest, noNeeds } from '../plans.ts'

function rank(
  choice: StrategyName | StrategyChoice,
  candidates: readonly Candidate[],
  { seed = 1, turn = 0, vision = false } = {},
) {
  const chosen = typeof choice === 'string' ? choiceOf(choice) : choice
  const request = aRequest({ needs: () => ({ ...noNeeds, vision }) })
  const moment = { turn, seed, nowMs: 0, request, choice: chosen, learner: null }
  return strategies[chosen.name].rank(candidates, moment)
}

const namesOf = ({ order }: ReturnType<typeof rank>) =>
  order.map(({ candidate }) => candidate.target.name)
const firstOf = (ranking: ReturnType<typeof rank>) => namesOf(ranking)[0]

/** Share of seeds for which the named one comes first. */
function share(name: string, choice: StrategyName, candidates: readonly Candidate[]): number {
  let first = 0
  for (let seed = 0; seed < 5_000; seed++) {
    if (firstOf(rank(choice, candidates, { seed })) === name) first++
  }
  return first / 5_000
}

const weights = (given: Partial<Record<'latency' | 'cost' | 'success' | 'throughput', number>>) =>
  ({
    name: 'weighted',
    weights: { latency: 0, cost: 0, success: 0, throughput: 0, ...given },
  }) as const

describe('failover and round-robin', () => {
  const three = ['a/m', 'b/m', 'c/m'].map((name) => aCandidate(name))

  it('failover keeps the configured order', () => {
    expect(namesOf(rank('failover', three, { turn: 5, seed: 9 }))).toEqual(['a/m', 'b/m', 'c/m'])
  })

  it('round-robin gives every target its turn', () => {
    const firsts = [0, 1, 2, 3].map((turn) => firstOf(rank('round-robin', three, { turn })))
    expect(firsts).toEqual(['a/m', 'b/m', 'c/m', 'a/m'])
  })
})

describe('latency', () => {
  const quick = aKnownCandidate('quick/m', { totalMs: 420, samples: 312, latencySpread: 0.3 })
  const slow = aKnownCandidate('slow/m', { totalMs: 2_000, latencySpread: 0.3 })

  it('takes the lowest expected time, and says which and on what grounds', () => {
    const ranking = rank('latency', [slow, quick])
    expect(namesOf(ranking)).toEqual(['quick/m', 'slow/m'])
    expect(ranking.reason).toBe('lowest expected latency: 420 ms over 312 calls')
    expect(ranking.confidence).toBeGreaterThan(0.99)
    expect(ranking.order[1]?.scores['latency']).toBeCloseTo(0.21)
  })

  it('counts the tries that one success takes', () => {
    const flaky = aKnownCandidate('flaky/m', { totalMs: 300, successRate: 0.4 })
    expect(firstOf(rank('latency', [flaky, quick]))).toBe('quick/m')
  })

  it('lets near-equals take turns, and nobody else', () => {
    const equal = aKnownCandidate('equal/m', { totalMs: 425 })
    const further = aKnownCandidate('further/m', { totalMs: 480 })
    expect(share('quick/m', 'latency', [quick, equal, slow])).toBeGreaterThan(0.4)
    expect(share('quick/m', 'latency', [quick, equal, slow])).toBeLessThan(0.8)
    expect(share('quick/m', 'latency', [quick, further])).toBe(1)
  })

  it('is unsure between near-equals and without samples', () => {
    const equal = aKnownCandidate('equal/m', { totalMs: 421, samples: 3, latencySpread: 1 })
    expect(rank('latency', [quick, equal]).confidence).toBeLessThan(0.6)
    expect(rank('latency', [aCandidate('a/m'), aCandidate('b/m')])).toMatchObject({
      confidence: 0,
      reason: 'nothing measured yet: drawn at random',
    })
  })

  it('sends a small share to what was never measured', () => {
    const fresh = aCandidate('fresh/m')
    const explored = share('fresh/m', 'latency', [quick, slow, fresh])
    expect(explored).toBeGreaterThan(0.08)
    expect(explored).toBeLessThan(0.12)
  })

  it('bounds that share, however many there are', () => {
    const fresh = Array.from({ length: 20 }, (_, index) => aCandidate(`fresh${index}/m`))
    expect(share('quick/m', 'latency', [quick, ...fresh])).toBeGreaterThan(0.88)
  })

  it('leaves a target alone that does not answer what was sent to explore it', () => {
    const hung = aKnownCandidate('hung/m', { samples: 0, inFlight: 2, totalMs: 100 })
    expect(share('hung/m', 'latency', [quick, hung])).toBe(0)
  })

  it('looks again at old measurements, the less often the worse they were', () => {
    const near = aKnownCandidate('old/m', { totalMs: 500, samples: 0.2 })
    const far = aKnownCandidate('old/m', { totalMs: 20_000, samples: 0.2 })
    expect(share('old/m', 'latency', [quick, near])).toBeGreaterThan(0.005)
    expect(share('old/m', 'latency', [quick, near])).toBeLessThan(0.03)
    expect(share('old/m', 'latency', [quick, far])).toBeLessThan(0.003)
  })

  it('sends somebody to find out whether a half-open target is back', () => {
    const back = aKnownCandidate('back/m', { totalMs: 9_000, breaker: 'half-open' })
    expect(share('back/m', 'latency', [quick, back])).toBeGreaterThan(0.05)
  })
})

it('throughput takes the most tokens per second', () => {
  const low = aKnownCandidate('low/m', { tokensPerSecond: 20 })
  const high = aKnownCandidate('high/m', { tokensPerSecond: 90, samples: 1 })
  const ranking = rank('throughput', [low, high])
  expect(firstOf(ranking)).toBe('high/m')
  expect(ranking.reason).toBe('highest throughput: 90 tokens per second over 1 call')
})

describe('cost', () => {
  const cheap = aKnownCandidate('cheap/m', { costNanoUsd: 240_000, totalMs: 900 })
  const dear = aKnownCandidate('dear/m', { costNanoUsd: 960_000, totalMs: 100 })
  const unknown = aKnownCandidate('unknown/m', { costNanoUsd: null, totalMs: 50 })

  it('takes the lowest expected cost; an unknown price goes last', () => {
    const ranking = rank('cost', [unknown, dear, cheap])
    expect(namesOf(ranking)).toEqual(['cheap/m', 'dear/m', 'unknown/m'])
    expect(ranking.reason).toBe('lowest expected cost: $0.00024')
    expect(ranking.order.map(({ score }) => score)).toEqual([1, 0.25, null])
  })

  it('lets latency decide between equals, also between unknown ones', () => {
    const equal = aKnownCandidate('equal/m', { costNanoUsd: 240_001, totalMs: 300 })
    expect(firstOf(rank('cost', [cheap, equal]))).toBe('equal/m')
    const other = aKnownCandidate('other/m', { costNanoUsd: null, totalMs: 20 })
    expect(namesOf(rank('cost', [unknown, other]))).toEqual(['other/m', 'unknown/m'])
  })

  it('knows free from unknown', () => {
    const free = aKnownCandidate('free/m', { costNanoUsd: 0 })
    expect(namesOf(rank('cost', [unknown, cheap, free]))).toEqual([
      'free/m',
      'cheap/m',
      'unknown/m',
    ])
  })
})

describe('weighted', () => {
  const quick = aKnownCandidate('quick/m', { totalMs: 600, costNanoUsd: 2_000_000 })
  const middle = aKnownCandidate('middle/m', { totalMs: 1_000, costNanoUsd: 300_000 })
  const cheap = aKnownCandidate('cheap/m', { totalMs: 4_000, costNanoUsd: 100_000 })

  it('goes from one end to the other with its weights', () => {
    expect(firstOf(rank(weights({ latency: 1 }), [cheap, middle, quick]))).toBe('quick/m')
    expect(firstOf(rank(weights({ cost: 1 }), [cheap, middle, quick]))).toBe('cheap/m')
    expect(firstOf(rank('weighted', [cheap, middle, quick]))).toBe('middle/m')
  })

  it('says what was weighed', () => {
    expect(rank('weighted', [cheap, middle, quick]).reason).toBe(
      'best balance of latency 60 % (1 s), cost 40 % ($0.0003) over 100 calls',
    )
  })

  it('shows a score for each figure that counts', () => {
    const [first] = rank('weighted', [cheap, middle, quick]).order
    expect(first?.scores).toEqual({ latency: 0.5, cost: 0.5 })
  })

  it('is not moved by how hopeless the worst one is', () => {
    const good = [
      quick,
      middle,
      aKnownCandidate('other/m', { totalMs: 1_500, costNanoUsd: 700_000 }),
    ]
    for (const totalMs of [5_000, 50_000, 5_000_000]) {
      const hopeless = aKnownCandidate('hopeless/m', { totalMs, costNanoUsd: 50_000_000 })
      expect(namesOf(rank('weighted', [...good, hopeless])).at(-1)).toBe('hopeless/m')
      expect(firstOf(rank('weighted', [...good, hopeless]))).toBe('middle/m')
    }
  })

  it('does not take an unknown price for a low one', () => {
    const unknown = aKnownCandidate('unknown/m', { totalMs: 1_000, costNanoUsd: null })
    expect(firstOf(rank('weighted', [middle, unknown, cheap, quick]))).toBe('middle/m')
    expect(namesOf(rank(weights({ cost: 1 }), [unknown, middle, quick])).at(-1)).toBe('unknown/m')
  })

  it('weighs success and throughput too', () => {
    const sure = aKnownCandidate('sure/m', { successRate: 1, tokensPerSecond: 10 })
    const fluent = aKnownCandidate('fluent/m', { successRate: 0.85, tokensPerSecond: 100 })
    expect(firstOf(rank(weights({ success: 1 }), [sure, fluent]))).toBe('sure/m')
    expect(firstOf(rank(weights({ throughput: 1 }), [sure, fluent]))).toBe('fluent/m')
  })
})

describe('capability', () => {
  const knowing = (name: string, vision: boolean | null, weight = 1): Candidate => {
    const known = aCandidate(name, weight)
    return {
      ...known,
      target: { ...known.target, capabilities: { ...unknownCapabilities, vision } },
    }
  }

  it('prefers what is known to do all that is needed', () => {
    const ranking = rank('capability', [knowing('a/m', null, 9), knowing('b/m', true)], {
      vision: true,
    })
    expect(namesOf(ranking)).toEqual(['b/m', 'a/m'])
    expect(ranking.reason).toBe('most suitable: known to do vision')
  })

  it('takes the higher weight among equals, then the lower cost', () => {
    expect(firstOf(rank('capability', [knowing('a/m', null, 1), knowing('b/m', null, 2)]))).toBe(
      'b/m',
    )
    const dear = aKnownCandidate('a/m', { costNanoUsd: 20 })
    const cheap = aKnownCandidate('b/m', { costNanoUsd: 10 })
    expect(firstOf(rank('capability', [dear, cheap]))).toBe('b/m')
  })
})

describe('least-busy', () => {
  it('takes the less busy of two, and the rest in order of load', () => {
    const loads = [500, 0, 9_000, 200].map((outstandingTokens, index) =>
      aKnownCandidate(`p${index}/m`, { outstandingTokens }),
    )
    for (let seed = 0; seed < 50; seed++) {
      const order = namesOf(rank('least-busy', loads, { seed }))
      const byLoad = ['p1/m', 'p3/m', 'p0/m', 'p2/m']
      expect(order.slice(1)).toEqual(byLoad.filter((name) => name !== order[0]))
      expect(order[0]).not.toBe('p2/m')
    }
  })

  it('counts load per weight', () => {
    const big = aKnownCandidate('big/m', { outstandingTokens: 2_000 }, 10)
    const small = aKnownCandidate('small/m', { outstandingTokens: 1_000 }, 1)
    expect(share('big/m', 'least-busy', [big, small])).toBe(1)
  })
})
