import { isObject, type JsonObject, type JsonValue, numberAt, objectAt } from '../json.ts'
import { type Arm, type Mean, newArm, solveNow } from './arm.ts'
import { type BanditState, newBanditState } from './bandit-state.ts'
import { dimension } from './features.ts'

/** Another number where the features mean something else: what was learned of the old ones is void. */
const version = 1

/** Larger values only come from a damaged file. */
const largest = 1e30

const meanNames = ['noise', 'costNoise', 'logCost', 'logCostSpread', 'cost', 'guess'] as const

/** What a bandit knows, as JSON: about 14 KB for each target. Recent requests are left out. */
export function banditSnapshot(state: BanditState): JsonObject {
  const { pacer, shares } = state
  return {
    version,
    dimension,
    shared: armSnapshot(state.shared),
    arms: Object.fromEntries([...state.arms].map(([target, arm]) => [target, armSnapshot(arm)])),
    shares: Object.fromEntries([...shares].map(([target, share]) => [target, short(share)])),
    pacer: { ...pacer },
  }
}

/** The bandit of a snapshot; null where it is none, or of another version. */
export function restoredBandit(snapshot: JsonValue | undefined): BanditState | null {
  if (numberAt(snapshot, 'version') !== version) return null
  if (numberAt(snapshot, 'dimension') !== dimension) return null
  const shared = restoredArm(objectAt(snapshot, 'shared'))
  if (shared === null || !solvable(shared, null)) return null
  const state: BanditState = { ...newBanditState(), shared }
  for (const [target, kept] of Object.entries(objectAt(snapshot, 'arms') ?? {})) {
    const arm = isObject(kept) ? restoredArm(kept) : null
    if (arm !== null && solvable(arm, shared)) state.arms.set(target, arm)
  }
  const shares = objectAt(snapshot, 'shares') ?? {}
  for (const target of state.arms.keys()) {
    const share = numberAt(shares, target)
    if (share !== null && share >= 0 && share <= 1) state.shares.set(target, share)
  }
  const pacer = objectAt(snapshot, 'pacer') ?? {}
  state.pacer.price = Math.max(0, Math.min(2, numberAt(pacer, 'price') ?? 0))
  state.pacer.creditNanoUsd = numberAt(pacer, 'creditNanoUsd') ?? 0
  state.pacer.requests = Math.max(0, numberAt(pacer, 'requests') ?? 0)
  state.pacer.debtNanoUsd = Math.max(0, numberAt(pacer, 'debtNanoUsd') ?? 0)
  return state
}

function armSnapshot(arm: Arm): JsonObject {
  const means: JsonObject = {}
  for (const name of meanNames) means[name] = [short(arm[name].sum), short(arm[name].weight)]
  return {
    samples: arm.samples,
    tries: arm.tries,
    weight: short(arm.sums.weight),
    products: Array.from(arm.sums.products, short),
    targets: arm.sums.targets.map((target) => Array.from(target, short)),
    ...means,
  }
}

function restoredArm(kept: JsonObject | null): Arm | null {
  if (kept === null) return null
  const arm = newArm(dimension)
  const targets = kept['targets']
  if (!Array.isArray(targets) || !fill(arm.sums.products, kept['products'])) return null
  for (const [output, target] of arm.sums.targets.entries()) {
    if (!fill(target, targets[output])) return null
  }
  for (const name of meanNames) if (!fillMean(arm[name], kept[name])) return null
  arm.samples = Math.max(0, numberAt(kept, 'samples') ?? 0)
  arm.tries = Math.max(arm.samples, numberAt(kept, 'tries') ?? 0)
  arm.sums.weight = Math.max(0, numberAt(kept, 'weight') ?? 0)
  return arm
}

/** Solves it; false where the numbers fit together so badly that nothing sensible comes out. */
function solvable(arm: Arm, shared: Arm | null): boolean {
  solveNow(arm, shared)
  return arm.solution.weights.every((weights) => weights.every((value) => isPlain(value)))
}

function fill(into: Float64Array, from: JsonValue | undefined): boolean {
  if (!Array.isArray(from) || from.length !== into.length) return false
  for (const [at, value] of from.entries()) {
    if (!isPlain(value)) return false
    into[at] = value
  }
  return true
}

function fillMean(mean: Mean, from: JsonValue | undefined): boolean {
  const [sum, weight] = Array.isArray(from) ? from : []
  if (!isPlain(sum) || !isPlain(weight) || weight < 0) return false
  mean.sum = sum
  mean.weight = weight
  return true
}

function isPlain(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Math.abs(value) <= largest
}

/** Seven digits: more than the noise of what was measured, half the length. */
function short(value: number): number {
  return Number(value.toPrecision(7))
}
