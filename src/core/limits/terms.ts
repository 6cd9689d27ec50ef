import type { Span } from './calendar-periods.ts'
import { isEstimated } from './charges-of.ts'
import type { Limit } from './limit.ts'
import { stretchesOfWindow } from './sliding.ts'

/** What a limit comes to in figures, worked out once: looked at for every charge. */
export interface Terms {
  readonly limit: Limit
  readonly kind: 'sliding' | 'calendar' | 'held'
  /** What is borrowed is an estimate. A request is one request, whatever becomes of it. */
  readonly isEstimated: boolean
  /** The part of the limit that may be given out here; 1: all of it. */
  share: number
  /** Both of this share. */
  amount: number
  burst: number
  /** Their sum: what fits in all. */
  capacity: number
  /** Sliding only, else 0: the window and one stretch of it. */
  readonly lengthMs: number
  readonly stretchMs: number
  /** Calendar only: the period that holds the last instant that was asked for. */
  period: Span
}

/** No period yet: no instant lies in it. */
const noPeriod: Span = { startMs: 0, endMs: 0 }

export function termsOf(limit: Limit): Terms {
  const { window } = limit
  const lengthMs = window.kind === 'sliding' ? window.lengthMs : 0
  return {
    limit,
    kind: window.kind,
    isEstimated: isEstimated(limit.metric),
    share: 1,
    amount: limit.amount,
    burst: limit.burst,
    capacity: limit.amount + limit.burst,
    lengthMs,
    stretchMs: lengthMs / stretchesOfWindow,
    period: noPeriod,
  }
}

export function setShare(terms: Terms, share: number): void {
  terms.share = share
  terms.amount = terms.limit.amount * share
  terms.burst = terms.limit.burst * share
  terms.capacity = terms.amount + terms.burst
}
