import type { Retry, StrategyName, Target, Timeouts } from '../catalog.ts'
import type { Dialect } from '../request.ts'

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
  readonly candidates: readonly RankedCandidate[]
  readonly excluded: readonly Excluded[]
  /** Milliseconds after arrival when the client wants an answer at the latest; null without a wish. */
  readonly deadlineMs: number | null
}
