import { quantilesOf } from '../../src/sim/report/quantiles.ts'
import type { Outcome } from '../../src/sim/run/outcome.ts'
import type { Arrival } from '../../src/sim/traffic/arrival.ts'
import type { DollarPrice, MeasuredTarget } from './measured-world.ts'

/** One line of the table: a claim, what it must reach, what was measured. */
export interface Line {
  readonly what: string
  readonly target: string
  readonly measured: string
  readonly ok: boolean
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

export function atLeast(what: string, least: number, measured: number): Line {
  const ok = measured >= least
  return { what, target: `≥ ${percent(least)}`, measured: percent(measured), ok }
}

export function atMost(what: string, most: number, measured: number): Line {
  const ok = measured <= most
  return { what, target: `≤ ${percent(most)}`, measured: percent(measured), ok }
}

/** How much lower `value` is than `base`, 0 to 1. */
export const cut = (value: number, base: number): number => 1 - value / base

export const meanTotalMs = (outcomes: readonly Outcome[]): number =>
  quantilesOf(outcomes.filter(succeeded).map(({ totalMs }) => totalMs)).mean

export const p99FirstTokenMs = (outcomes: readonly Outcome[]): number =>
  quantilesOf(outcomes.filter(succeeded).flatMap(({ firstTokenMs }) => firstTokenMs ?? [])).p99

export const attemptsPerRequest = (outcomes: readonly Outcome[]): number =>
  sum(outcomes.map(({ attempts }) => attempts)) / outcomes.length

export const costNanoUsd = (outcomes: readonly Outcome[]): number =>
  sum(outcomes.map((outcome) => outcome.costNanoUsd ?? Number.NaN))

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0)

const succeeded = ({ failure }: Outcome): boolean => failure === null

/** What the traffic costs at one price: dollars per million tokens × tokens = 1,000 nano-dollars. */
export function costAt(arrivals: readonly Arrival[], [input, output]: DollarPrice): number {
  return sum(arrivals.map((one) => (one.inputTokens * input + one.outputTokens * output) * 1_000))
}

/** Means of the calls that were answered. */
export function meansOf({ calls }: MeasuredTarget) {
  const replies = calls.filter((call) => call.kind === 'reply')
  return {
    firstTokenMs: sum(replies.map((call) => call.firstTokenMs)) / replies.length,
    msPerToken: sum(replies.map((call) => call.msPerToken)) / replies.length,
  }
}

/** Share of the slowest hundredth over the median. */
export function tailOf({ calls }: MeasuredTarget): number {
  const first = calls.flatMap((call) => (call.kind === 'reply' ? [call.firstTokenMs] : []))
  const { p50, p99 } = quantilesOf(first)
  return p99 / p50
}

/**
 * Lower bound of the mean total latency of any assignment that knows every provider's true means, and,
 * like any gateway, no reply's length beforehand: the fastest targets carry as much as they may. Errors
 * and what they delay are left out, so nothing can be below it.
 */
export function bestAssignmentMs(
  targets: readonly MeasuredTarget[],
  arrivals: readonly Arrival[],
  mostShare: number,
): number {
  const rest = sum(arrivals.map((one) => Math.max(0, one.outputTokens - 1))) / arrivals.length
  const expected = targets
    .map(meansOf)
    .map(({ firstTokenMs, msPerToken }) => firstTokenMs + msPerToken * rest)
    .sort((a, b) => a - b)
  let left = 1
  let total = 0
  for (const latencyMs of expected) {
    const share = Math.min(left, mostShare)
    total += share * latencyMs
    left -= share
  }
  return total
}
