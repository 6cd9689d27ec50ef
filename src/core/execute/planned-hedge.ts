import type { HedgeSettings } from '../catalog.ts'
import type { Vitals } from '../health/vitals.ts'
import type { Candidate, PlannedHedge } from '../plan/plan.ts'
import type { Request } from '../request.ts'
import type { Hedging } from './hedging.ts'

export interface HedgeQuestion {
  /** Of the alias; null or absent: it hedges nothing. */
  readonly settings: HedgeSettings | null | undefined
  readonly candidates: readonly Candidate[]
  readonly request: Request
  readonly vitals: (candidate: number) => Vitals
  readonly hedging: Hedging
  readonly nowMs: number
}

/**
 * The hedge of a plan: the next candidate of the same alias, or the first again where it stands alone.
 * Only streams show a first token to race for; and what a provider does besides writing (tools it runs,
 * replies it keeps) must not be done twice.
 */
export function plannedHedge(question: HedgeQuestion): PlannedHedge | null {
  const { settings, candidates, request, vitals, hedging, nowMs } = question
  const [first, second] = candidates
  if (settings == null || first === undefined || request.streaming === null) return null
  if (request.endpoint.operation !== 'chat') return null
  const other = second !== undefined && second.via === first.via
  // A second attempt at the same target is one of the attempts that target may get.
  if (!other && first.retry.attempts < 2) return null
  const candidate = other ? 1 : 0
  const afterMs = hedging.delayMs(vitals(0), vitals(candidate), settings, nowMs)
  // Last, because it reads the body: most requests have no hedge planned.
  if (afterMs === null || request.repeatable?.() !== true) return null
  return { afterMs, candidate }
}
