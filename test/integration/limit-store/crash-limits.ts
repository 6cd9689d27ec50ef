import type { Charge, Limit } from '../../../src/core/limits/limit.ts'
import { limit } from './some-limits.ts'

const hour = { kind: 'sliding', lengthMs: 3_600_000 } as const

const requests = limit('global requests/hour', {
  dimensions: ['global'],
  per: 'hour',
  window: hour,
  amount: 1e9,
  burst: 0,
})
const tokens = limit('user tokens/hour', {
  metric: 'tokens',
  per: 'hour',
  window: hour,
  amount: 1e9,
  burst: 0,
})

/** What the crash test borrows from; nothing comes back while it runs. */
export const limits: readonly Limit[] = [requests, tokens]

/** Tokens a request borrows. */
export const borrowed = 10

/** Tokens a request has taken in the end. */
export const spent = (number: number): number => number % 13

/** Users change, so that there are many books. */
export function chargesOf(number: number): readonly Charge[] {
  return [
    { limit: requests, subject: 'global', amount: 1, least: 1 },
    { limit: tokens, subject: `user:${number % 5}`, amount: borrowed, least: borrowed },
  ]
}
