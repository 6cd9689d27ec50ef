import type { JsonObject, JsonValue } from '../json.ts'
import { withOutcome } from './arm-results.ts'
import type { ArmOutcome } from './outcome-of.ts'
import { regressionOf } from './regression.ts'
import { type ArmReport, reportOf } from './report.ts'
import type { Assignment, Split } from './split.ts'
import { armState, freshState, type SplitState, stateFromJson, stateToJson } from './split-state.ts'

/** What the splits of a configuration have shown so far, and which arms were taken out for it. */
export interface Experiments {
  /** Why an arm gets no more traffic; null while it does. */
  halted(split: Split, arm: string): string | null
  /**
   * One request of an arm has ended. Answers why the arm was rolled back when this request decided it,
   * else null. `wallMs` is milliseconds since the epoch.
   */
  observe(assignment: Assignment, outcome: ArmOutcome, wallMs: number): string | null
  /** The results of a split so far, the control first. */
  report(split: Split): readonly ArmReport[]
  /** The splits of the configuration now in force: what has changed begins anew, the rest goes on. */
  use(splits: Iterable<Split>): void
  /** For `openExperiments` after a restart. */
  snapshot(): JsonObject
}

/** Results from a snapshot, or none. They count once `use` has named the splits they belong to. */
export function openExperiments(snapshot: JsonValue | null = null): Experiments {
  let states = stateFromJson(snapshot)
  /** null for a split that is no longer in force: its last requests say nothing about the new one. */
  const stateOf = (split: Split): SplitState | null => {
    const state = states.get(split.alias)
    return state?.fingerprint === split.fingerprint ? state : null
  }
  return {
    halted: (split, arm) => stateOf(split)?.arms.get(arm)?.rolledBack ?? null,
    observe({ split, arm }, outcome, wallMs) {
      const state = stateOf(split)
      if (state === null) return null
      const own = armState(state, arm.name)
      own.results = withOutcome(own.results, outcome)
      const [control] = split.arms
      if (arm.rollback === null || own.rolledBack !== null || control === undefined) return null
      const because = regressionOf(own.results, armState(state, control.name).results, arm.rollback)
      if (because === null) return null
      own.rolledBack = `${because} (${new Date(wallMs).toISOString()})`
      return own.rolledBack
    },
    report(split) {
      const state = stateOf(split) ?? freshState(split)
      const [control] = split.arms
      return split.arms.map((arm) => {
        const { results, rolledBack } = armState(state, arm.name)
        const other =
          control === undefined || arm === control ? null : armState(state, control.name)
        return reportOf(arm.name, results, other?.results ?? null, rolledBack)
      })
    },
    use(splits) {
      const used = [...splits].map(
        (split) => [split.alias, stateOf(split) ?? freshState(split)] as const,
      )
      states = new Map(used)
    },
    snapshot: () => stateToJson(states),
  }
}
