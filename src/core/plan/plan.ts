import type { Retry, StrategyName, Target, Timeouts } from '../catalog.ts'
import type { Assignment } from '../experiment/split.ts'
import type { FailureClass } from '../failure.ts'
import type { Dialect } from '../request.ts'
import type { Outlook } from './outlook.ts'

/**
 * How a request reaches a target: as the bytes it came in, through the canonical form in the target's
 * dialect, through an AI SDK package, or (token counts only) by our own estimate.
 */
export type Route =
  | { readonly kind: 'pass-through'; readonly dialect: Dialect }
  | { readonly kind: 'translate'; readonly dialect: Dialect }
  | { readonly kind: 'sdk' }
  | { readonly kind: 'estimate' }

/** A target that could serve the request, before it is put in order. */
export interface Candidate {
  readonly target: Target
  readonly route: Route
  /** Relative share for strategies that draw; 1 when the configuration names none. */
  readonly weight: number
  /** The alias it stands under, null when the client named the target itself. */
  readonly via: string | null
  readonly retry: Retry
  readonly timeouts: Timeouts
  /** Of its alias: classes after which the next target is asked although no retry would help. */
  readonly fallsThrough?: readonly FailureClass[]
  /** What this request can expect of it. */
  readonly outlook: Outlook
  /** Why it stands behind all others, whatever its rank; null or absent: it does not. */
  readonly goesLast?: string | null
}

/** A candidate while it is put in order: a copy of it would cost more than all else in its plan. */
export interface Contender extends Candidate {
  score: number | null
  scores: Readonly<Record<string, number>>
}

export interface RankedCandidate extends Candidate {
  /** Higher is better; null where the strategy does not score. */
  readonly score: number | null
  readonly scores: Readonly<Record<string, number>>
}

export interface Excluded {
  readonly target: string
  /** Readable: `provider ollama is disabled`. */
  readonly because: string
}

export type ResolvedAs = 'alias' | 'target' | 'model-id'

/** What will be tried, in which order, and what will not and why. */
export interface Plan {
  readonly model: string
  readonly resolvedAs: ResolvedAs
  readonly strategy: StrategyName | 'direct'
  /** One line for people: why the first candidate is first. */
  readonly reason: string
  /** The arm of a traffic split the request belongs to. */
  readonly arm?: Assignment
  readonly candidates: readonly RankedCandidate[]
  readonly excluded: readonly Excluded[]
  /** 0 to 1; null where the strategy measures nothing. */
  readonly confidence: number | null
  /** Every target looks dead: they are tried in order all the same. */
  readonly panic: boolean
  /** Milliseconds after arrival when the client wants an answer at the latest; null without a wish. */
  readonly deadlineMs: number | null
  /** A second attempt beside the first, if that shows nothing for so long; absent or null: none. */
  readonly hedge?: PlannedHedge | null
  /** Whether a reply that breaks off may be continued by a target that can; absent: `off`. */
  readonly continuation?: 'auto' | 'off'
}

export interface PlannedHedge {
  /** Counted from when the first attempt was sent. */
  readonly afterMs: number
  /** Index of the candidate that is asked then; may be the first again. */
  readonly candidate: number
}
