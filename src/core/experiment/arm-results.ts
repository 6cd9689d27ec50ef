import { isObject, type JsonObject, type JsonValue } from '../json.ts'
import { type Moments, noMoments, withValue } from './moments.ts'
import type { ArmOutcome } from './outcome-of.ts'

/** What is kept of an arm, however many requests it has had. */
export interface ArmResults {
  readonly requests: number
  readonly failures: number
  /** Of the natural logarithm of milliseconds: latencies are skewed, their logarithms hardly. */
  readonly logLatency: Moments
  /** Of ln(1 + nano-dollars). */
  readonly logCost: Moments
}

export const noResults: ArmResults = {
  requests: 0,
  failures: 0,
  logLatency: noMoments,
  logCost: noMoments,
}

export function withOutcome(results: ArmResults, outcome: ArmOutcome): ArmResults {
  const { failed, latencyMs, costNanoUsd } = outcome
  return {
    requests: results.requests + 1,
    failures: results.failures + (failed ? 1 : 0),
    logLatency:
      latencyMs === null
        ? results.logLatency
        : withValue(results.logLatency, Math.log(Math.max(latencyMs, 1))),
    logCost:
      costNanoUsd === null
        ? results.logCost
        : withValue(results.logCost, Math.log1p(Math.max(costNanoUsd, 0))),
  }
}

export function resultsToJson({ requests, failures, logLatency, logCost }: ArmResults): JsonObject {
  return { requests, failures, logLatency: { ...logLatency }, logCost: { ...logCost } }
}

/** What `resultsToJson` wrote; null for anything else. */
export function resultsFromJson(value: JsonValue | undefined): ArmResults | null {
  if (!isObject(value)) return null
  const { requests, failures } = value
  const logLatency = momentsFromJson(value['logLatency'])
  const logCost = momentsFromJson(value['logCost'])
  if (typeof requests !== 'number' || typeof failures !== 'number') return null
  if (logLatency === null || logCost === null) return null
  return { requests, failures, logLatency, logCost }
}

function momentsFromJson(value: JsonValue | undefined): Moments | null {
  if (!isObject(value)) return null
  const { count, mean, squares } = value
  if (typeof count !== 'number' || typeof mean !== 'number') return null
  return typeof squares === 'number' ? { count, mean, squares } : null
}
