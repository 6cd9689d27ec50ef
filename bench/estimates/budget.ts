import type { Limit } from '../../src/core/limits/limit.ts'
import { seededRandom } from '../../src/core/random.ts'
import { normal } from '../../src/sim/dice.ts'
import { type Asked, play } from './play.ts'
import { pricedTarget } from './priced-target.ts'

/** A dollar a day. */
const budget: Limit = {
  id: 'global cost/day',
  dimensions: ['global'],
  only: {},
  metric: 'cost',
  per: 'day',
  window: { kind: 'calendar', period: 'day', timeZone: 'UTC' },
  amount: 1e9,
  burst: 0,
  strict: true,
  expiresAtMs: null,
}

/** Of the output, by its mean: 0.9 to 1.1 in `within 10 %`. */
export const spreads = {
  'all the same': () => 1,
  'within 10 %': uniform(0.1),
  'within 20 %': uniform(0.2),
  'within 40 %': uniform(0.4),
  'within 90 %': uniform(0.9),
  'lognormal 0.5': lognormal(0.5),
  'lognormal 1': lognormal(1),
} as const

export interface BudgetCase {
  readonly spread: keyof typeof spreads
  /** Prompts of 2,000 to 48,000 tokens, half of the cost; else of 1,000, and the output costs it all. */
  readonly variedInput: boolean
  /** `max_tokens`, in means of the output; null: not set. */
  readonly bound: number | null
  /** Replies seen before. */
  readonly seen: number
  readonly retries: boolean
}

export interface BudgetResult {
  /** Spent in the end, as a share of the budget. */
  readonly spent: number
  readonly refused: number
  readonly refusedFalsely: number
  readonly atFirst: number
  readonly mostUnderWay: number
}

/** 200 requests of about $0.05 at the same time, at a budget of $1. */
export async function playBudget(one: BudgetCase, seed: number): Promise<BudgetResult> {
  const random = seededRandom(seed * 7_919 + 13)
  const asked = (atMs: number) => aRequest(one, random, atMs)
  const played = await play({
    limit: budget,
    target: pricedTarget,
    before: Array.from({ length: one.seen }, () => asked(0)),
    asked: Array.from({ length: 200 }, (_, index) => asked(index * 0.01)),
    retryMs: () => (one.retries ? 5_000 + 10_000 * random() : null),
    patienceMs: 1_200_000,
  })
  const spent = played.taken.reduce((sum, { amount }) => sum + amount, 0)
  return { ...played, spent: spent / budget.amount }
}

function aRequest(one: BudgetCase, random: () => number, atMs: number): Asked {
  const inputTokens = one.variedInput ? Math.round(2_000 + 46_000 * random()) : 1_000
  const mean = one.variedInput ? 2_500 : 4_900
  const maxOutputTokens = one.bound === null ? null : Math.round(one.bound * mean)
  const wanted = Math.max(1, Math.round(mean * spreads[one.spread](random)))
  const outputTokens = Math.min(wanted, maxOutputTokens ?? wanted)
  return { atMs, inputTokens, inputTokensEstimate: inputTokens, outputTokens, maxOutputTokens }
}

function uniform(width: number): (random: () => number) => number {
  return (random) => 1 + width * (2 * random() - 1)
}

function lognormal(sigma: number): (random: () => number) => number {
  return (random) => Math.exp(sigma * normal(random) - sigma ** 2 / 2)
}
