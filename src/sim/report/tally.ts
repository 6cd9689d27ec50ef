import type { FailureClass } from '../../core/failure.ts'
import type { Outcome } from '../run/outcome.ts'
import { type Quantiles, quantilesOf } from './quantiles.ts'
import { type Slice, sliceOutcomes } from './slices.ts'

/** What one strategy made of the traffic. Latencies are of requests that succeeded. */
export interface StrategyReport {
  readonly strategy: string
  readonly requests: number
  readonly succeeded: number
  /** 0 to 1. */
  readonly success: number
  readonly firstTokenMs: Quantiles
  readonly totalMs: Quantiles
  /** null when a target without a known price was asked. */
  readonly costUsd: number | null
  readonly attempts: number
  /** Attempts beyond the first that were no hedges: after a failure. */
  readonly retries: number
  readonly hedges: number
  /** Requests planned while every target looked dead. */
  readonly panics: number
  /** Requests by what their client was told, most first. */
  readonly failures: readonly { readonly class: FailureClass; readonly requests: number }[]
  /** By who answered, most first. */
  readonly targets: readonly TargetShare[]
  /** The same over time. */
  readonly slices: readonly Slice[]
}

export interface TargetShare {
  readonly target: string
  readonly answered: number
  /** Of all requests, 0 to 1. */
  readonly share: number
}

export function tally(strategy: string, outcomes: readonly Outcome[]): StrategyReport {
  const successes = outcomes.filter(({ failure }) => failure === null)
  const attempts = total(outcomes.map((one) => one.attempts))
  const hedges = total(outcomes.map((one) => one.hedges))
  const asked = outcomes.filter((one) => one.attempts > 0).length
  const costs = outcomes.map(({ costNanoUsd }) => costNanoUsd)
  return {
    strategy,
    requests: outcomes.length,
    succeeded: successes.length,
    success: outcomes.length === 0 ? 0 : successes.length / outcomes.length,
    firstTokenMs: quantilesOf(successes.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])),
    totalMs: quantilesOf(successes.map(({ totalMs }) => totalMs)),
    costUsd: costs.includes(null) ? null : total(costs.map((cost) => cost ?? 0)) / 1e9,
    attempts,
    retries: attempts - asked - hedges,
    hedges,
    panics: outcomes.filter(({ panic }) => panic).length,
    failures: counted(outcomes.flatMap(({ failure }) => failure ?? [])).map(
      ([failureClass, requests]) => ({ class: failureClass, requests }),
    ),
    targets: counted(successes.flatMap(({ target }) => target ?? [])).map(([target, answered]) => ({
      target,
      answered,
      share: answered / outcomes.length,
    })),
    slices: sliceOutcomes(outcomes),
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** How often each occurs, most first, then by name. */
function counted<Name extends string>(names: readonly Name[]): [Name, number][] {
  const counts = new Map<Name, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}
