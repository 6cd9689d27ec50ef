import { Hedging } from '../core/execute/hedging.ts'
import { createRetryBudgets, type RetryBudgets } from '../core/execute/retry-budgets.ts'
import { type Experiments, openExperiments } from '../core/experiment/experiments.ts'
import type { OnHealthChange } from '../core/health/change.ts'
import { createFleet, type LiveFleet } from '../core/health/fleet.ts'
import type { HealthSettings } from '../core/health/settings.ts'
import { openWarmth, type Warmth } from '../core/health/warmth.ts'
import type { JsonObject } from '../core/json.ts'
import { createLearning, type Learning } from '../core/learn/learning.ts'
import { type Estimates, openEstimates } from '../core/limits/estimates.ts'
import { openRegionTimes, type RegionTimes } from '../core/plan/region-times.ts'
import { createTurns, type Turns } from './turns.ts'

/**
 * What a gateway has seen so far: every plan looks at it, every finished request adds to it. It outlives
 * reloads of the configuration and, but for what is worth nothing after a minute, the process.
 */
export interface Knowledge {
  readonly fleet: LiveFleet
  /** Which conversations have a warm prompt cache where. */
  readonly warmth: Warmth
  readonly hedging: Hedging
  readonly retryBudgets: RetryBudgets
  /** What `adaptive` has learned. */
  readonly learning: Learning
  readonly experiments: Experiments
  readonly regionTimes: RegionTimes
  readonly turns: Turns
  /** What requests usually take from limits. */
  readonly estimates: Estimates
}

/** Knowledge as it stood at a moment of the clock on the wall. */
export interface SavedKnowledge {
  readonly savedAtMs: number
  readonly fleet: JsonObject
  readonly learning: JsonObject
  readonly experiments: JsonObject
  readonly regionTimes: JsonObject
  readonly estimates: JsonObject
}

/**
 * Knowledge of a run before this one, or none. `nowMs` is monotonic, `wallMs` since the epoch: the
 * monotonic clock began anew, so the time in between is taken from the one on the wall; a clock that
 * went back counts as no time. `settings` bound what is taken up of it.
 */
export function openKnowledge(
  saved: SavedKnowledge | null,
  nowMs: number,
  wallMs: number,
  settings?: HealthSettings,
  onHealthChange?: OnHealthChange,
): Knowledge {
  const fleet = createFleet(settings, onHealthChange)
  const learning = createLearning()
  if (saved !== null) {
    fleet.restore(saved.fleet, nowMs - Math.max(0, wallMs - saved.savedAtMs))
    learning.restore(saved.learning)
  }
  return {
    fleet,
    warmth: openWarmth(),
    hedging: new Hedging(),
    retryBudgets: createRetryBudgets(),
    learning,
    experiments: openExperiments(saved?.experiments ?? null),
    regionTimes: openRegionTimes(saved?.regionTimes ?? null),
    turns: createTurns(),
    estimates: openEstimates(saved?.estimates ?? null),
  }
}

export function knowledgeSnapshot(
  { fleet, learning, experiments, regionTimes, estimates }: Knowledge,
  nowMs: number,
  wallMs: number,
): SavedKnowledge {
  return {
    savedAtMs: wallMs,
    fleet: fleet.snapshot(nowMs),
    learning: learning.snapshot(),
    experiments: experiments.snapshot(),
    regionTimes: regionTimes.snapshot(),
    estimates: estimates.snapshot(),
  }
}
