import { isObject, type JsonObject, type JsonValue, objectAt } from '../json.ts'
import { type ArmResults, noResults, resultsFromJson, resultsToJson } from './arm-results.ts'
import type { Split } from './split.ts'

export interface ArmState {
  results: ArmResults
  /** Why it gets no more traffic; null while it does. */
  rolledBack: string | null
}

export interface SplitState {
  readonly fingerprint: string
  readonly arms: Map<string, ArmState>
}

export function freshState({ fingerprint }: Split): SplitState {
  return { fingerprint, arms: new Map() }
}

export function armState(state: SplitState, arm: string): ArmState {
  const known = state.arms.get(arm)
  if (known !== undefined) return known
  const fresh = { results: noResults, rolledBack: null }
  state.arms.set(arm, fresh)
  return fresh
}

/** By alias. */
export function stateToJson(states: ReadonlyMap<string, SplitState>): JsonObject {
  return Object.fromEntries(
    [...states].map(([alias, { fingerprint, arms }]) => [
      alias,
      {
        fingerprint,
        arms: Object.fromEntries(
          [...arms].map(([name, { results, rolledBack }]) => [
            name,
            { results: resultsToJson(results), rolledBack },
          ]),
        ),
      },
    ]),
  )
}

/** What `stateToJson` wrote; what is not readable is left out. */
export function stateFromJson(snapshot: JsonValue | null): Map<string, SplitState> {
  const states = new Map<string, SplitState>()
  if (!isObject(snapshot)) return states
  for (const [alias, value] of Object.entries(snapshot)) {
    const fingerprint = isObject(value) ? value['fingerprint'] : undefined
    if (typeof fingerprint !== 'string') continue
    const arms = new Map<string, ArmState>()
    for (const [name, arm] of Object.entries(objectAt(value, 'arms') ?? {})) {
      const results = resultsFromJson(objectAt(arm, 'results') ?? undefined)
      const rolledBack = isObject(arm) ? arm['rolledBack'] : undefined
      if (results === null) continue
      arms.set(name, { results, rolledBack: typeof rolledBack === 'string' ? rolledBack : null })
    }
    states.set(alias, { fingerprint, arms })
  }
  return states
}
