import type { AdaptiveSettings } from '../catalog.ts'
import type { Request } from '../request.ts'

/** What a learner is asked about one target. */
export interface Choice {
  readonly target: string
  /** Expected cost of this request; null when no price is known. */
  readonly costNanoUsd: number | null
}

/**
 * What keeps a target from being judged by its score alone. trial: it is tried on this request, to
 * learn of it · unproven: too few samples to win · too-dear: the budget does not cover it now.
 */
export type Standing = 'trial' | 'proven' | 'unproven' | 'too-dear'

/** Its judgement of one target for one request. */
export interface Judgement {
  readonly standing: Standing
  /** Expected reward, 0 to 1. */
  readonly reward: number
  /** Standard error of `reward`; reckoned when asked for, because it costs more than all the rest. */
  error(): number
  /** Expected cost; null when neither a price nor a bill is known. Reckoned when asked for, too. */
  readonly costNanoUsd: number | null
  /** What people see: expected reward less the price of money. */
  readonly score: number
  /** What ranks within a standing: the score, with a lead for the target that serves most now. */
  readonly key: number
  /** Rewards it has seen of this target. */
  readonly samples: number
}

/** How one attempt of a finished request went, for learning. */
export interface Lesson {
  readonly target: string
  /** 0 to 1; null when it tells nothing of how good the target is. */
  readonly reward: number | null
  /** null when no price is known. */
  readonly costNanoUsd: number | null
  /** How often it counts; usually 1. */
  readonly weight: number
}

/**
 * A contextual bandit over the targets of one alias. `judge` reads, the others change; none looks at a
 * clock or rolls dice: `seed` decides what is explored.
 */
export interface Learner {
  judge(
    request: Request,
    choices: readonly Choice[],
    settings: AdaptiveSettings,
    seed: number,
  ): Judgement[]
}
