import type { ArmResults } from './arm-results.ts'
import { type Moments, varianceOfMean } from './moments.ts'
import { type Difference, differenceAtAnyTime } from './sequential.ts'

/** How an arm does beside the control; null where one of them has no figures yet. */
export interface Comparison {
  /** Share of failed requests: 0.01 is one more in a hundred. */
  readonly errors: Difference | null
  /** Of the typical (geometric mean) successful request, relative: 0.2 is a fifth more. */
  readonly latency: Difference | null
  readonly cost: Difference | null
}

/** Chance that any of the three intervals is ever wrong, however often one looks. */
const alpha = 0.05
const alphaEach = alpha / 3

export function compareArms(arm: ArmResults, control: ArmResults): Comparison {
  return {
    errors: compareShares(arm, control),
    latency: compareLogarithms(arm.logLatency, control.logLatency),
    cost: compareLogarithms(arm.logCost, control.logCost),
  }
}

function compareShares(arm: ArmResults, control: ArmResults): Difference | null {
  if (arm.requests === 0 || control.requests === 0) return null
  return differenceAtAnyTime(
    arm.failures / arm.requests - control.failures / control.requests,
    varianceOfShare(arm) + varianceOfShare(control),
    pairs(arm.requests, control.requests),
    alphaEach,
  )
}

/** One success and one failure more than seen (Agresti and Coull 1998): none so far is not none ever. */
function varianceOfShare({ requests, failures }: ArmResults): number {
  const share = (failures + 1) / (requests + 2)
  return (share * (1 - share)) / requests
}

function compareLogarithms(arm: Moments, control: Moments): Difference | null {
  if (arm.count < 2 || control.count < 2) return null
  const { estimate, low, high } = differenceAtAnyTime(
    arm.mean - control.mean,
    varianceOfMean(arm) + varianceOfMean(control),
    pairs(arm.count, control.count),
    alphaEach,
  )
  return { estimate: Math.expm1(estimate), low: Math.expm1(low), high: Math.expm1(high) }
}

const pairs = (one: number, other: number): number => 1 / (1 / one + 1 / other)
