import type {
  CandidateRecord,
  ExcludedRecord,
  LimitRecord,
  WaybillRecord,
} from './account/record.ts'
import type { BreakerState } from './health/vitals.ts'
import type { Excluded, Plan, RankedCandidate } from './plan/plan.ts'

/**
 * Where a request goes and why, as people and programs see it: before it is sent (`explain`) and after
 * (its record). Money in dollars; null is unknown.
 */
export interface Explanation {
  /** Of the request; whatever is left to chance follows from it. */
  readonly id: string
  readonly model: string
  readonly resolvedAs: WaybillRecord['resolvedAs']
  readonly policy: string | null
  readonly strategy: string | null
  readonly arm: string | null
  readonly provider: string | null
  readonly target: string | null
  readonly reason: string | null
  readonly estimatedCostUsd: number | null
  readonly estimatedLatencyMs: number | null
  readonly confidence: number | null
  readonly panic: boolean
  readonly candidates: readonly ExplainedCandidate[]
  readonly excluded: readonly ExcludedRecord[]
  /** Limits on the caller that the request counts against, as they stand; in a record as they stood after it. */
  readonly limits: readonly ExplainedLimit[]
  /** How long it would wait for room in them, as far as is known now; in a record how long it did. 0: not at all. */
  readonly queuedMs: number
}

/** `amount` is what it holds in all, with its burst; dollars for `cost`. */
export type ExplainedLimit = Omit<LimitRecord, 'needed'>

export interface ExplainedCandidate {
  readonly target: string
  readonly score: number | null
  readonly scores: Readonly<Record<string, number>>
  readonly estimatedCostUsd: number | null
  readonly estimatedLatencyMs: number | null
  readonly breaker: BreakerState
}

/** What a record says about the decision. */
export type Decided = Pick<
  WaybillRecord,
  | 'id'
  | 'model'
  | 'resolvedAs'
  | 'policy'
  | 'strategy'
  | 'arm'
  | 'provider'
  | 'target'
  | 'reason'
  | 'estimatedCostNanoUsd'
  | 'estimatedLatencyMs'
  | 'confidence'
  | 'panic'
  | 'candidates'
  | 'excluded'
  | 'limits'
  | 'queuedMs'
>

/** The decision a record holds, in the shape of `POST /v1/route/explain`. */
export function explanationOf(decided: Decided): Explanation {
  return {
    id: decided.id,
    model: decided.model,
    resolvedAs: decided.resolvedAs,
    policy: decided.policy,
    strategy: decided.strategy,
    arm: decided.arm,
    provider: decided.provider,
    target: decided.target,
    reason: decided.reason,
    estimatedCostUsd: dollars(decided.estimatedCostNanoUsd),
    estimatedLatencyMs: decided.estimatedLatencyMs,
    confidence: figure(decided.confidence),
    panic: decided.panic,
    candidates: decided.candidates.map(explainedCandidate),
    excluded: decided.excluded,
    limits: decided.limits.map(explainedLimit),
    queuedMs: decided.queuedMs,
  }
}

/** Who asks for what, beside the plan. */
export interface Asking {
  readonly id: string
  readonly policy: string
  /** Those on the caller: see `limitRecords`. */
  readonly limits: readonly LimitRecord[]
  readonly queuedMs: number
}

/**
 * What the record of a request would say about its decision, were it answered by `chosen`. `unfit` are
 * candidates the request cannot be written for.
 */
export function decidedBy(
  plan: Plan,
  chosen: RankedCandidate,
  unfit: readonly Excluded[],
  { id, policy, limits, queuedMs }: Asking,
): Decided {
  return {
    id,
    model: plan.model,
    resolvedAs: plan.resolvedAs,
    policy,
    strategy: plan.strategy,
    arm: plan.arm?.arm.name ?? null,
    provider: chosen.target.provider.id,
    target: chosen.target.name,
    reason: plan.reason,
    estimatedCostNanoUsd: chosen.outlook.costNanoUsd,
    estimatedLatencyMs: expectedLatencyMs(chosen),
    confidence: plan.confidence,
    panic: plan.panic,
    candidates: candidateRecords(plan),
    excluded: excludedRecords(plan, unfit),
    limits,
    queuedMs,
  }
}

/** Runs for every request, so each is one literal, and the scores are not copied. */
export function candidateRecords({ candidates }: Plan): CandidateRecord[] {
  return candidates.map(candidateRecord)
}

function candidateRecord(candidate: RankedCandidate): CandidateRecord {
  const { target, score, scores, outlook } = candidate
  return {
    target: target.name,
    score,
    scores,
    estimatedCostNanoUsd: outlook.costNanoUsd,
    estimatedLatencyMs: expectedLatencyMs(candidate),
    breaker: outlook.breaker,
  }
}

export function excludedRecords(
  { excluded }: Plan,
  unfit: readonly Excluded[],
): readonly ExcludedRecord[] {
  return unfit.length === 0 ? excluded : [...excluded, ...unfit]
}

/** Until the last token, with the decimals that durations have in a record. */
export function expectedLatencyMs({ outlook: { totalMs } }: RankedCandidate): number | null {
  return totalMs === null ? null : Math.round(totalMs * 1000) / 1000
}

function explainedCandidate(candidate: CandidateRecord): ExplainedCandidate {
  const { target, score, scores, estimatedCostNanoUsd, estimatedLatencyMs, breaker } = candidate
  const shown: Record<string, number> = {}
  for (const name of Object.keys(scores)) shown[name] = figure(scores[name] ?? null) ?? 0
  return {
    target,
    score: figure(score),
    scores: shown,
    estimatedCostUsd: dollars(estimatedCostNanoUsd),
    estimatedLatencyMs,
    breaker,
  }
}

function explainedLimit({ needed: _, ...limit }: LimitRecord): ExplainedLimit {
  if (limit.metric !== 'cost') return limit
  return { ...limit, amount: limit.amount / 1e9, remaining: limit.remaining / 1e9 }
}

function dollars(nanoUsd: number | null): number | null {
  return nanoUsd === null ? null : nanoUsd / 1e9
}

/** More decimals than these tell nobody anything. */
function figure(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e4) / 1e4
}
