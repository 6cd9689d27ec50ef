import type { Target } from '../core/catalog.ts'
import type { Asker, Bindings } from '../core/limits/bindings.ts'
import { chargesOf, needsPrice } from '../core/limits/charges-of.ts'
import { denialReason } from '../core/limits/denial-failure.ts'
import { nothingTaken } from '../core/limits/estimate.ts'
import type { Begun, Estimate, Estimates } from '../core/limits/estimates.ts'
import type { Charge } from '../core/limits/limit.ts'
import type { NoRoom, TargetRoom } from '../core/plan/target-room.ts'
import type { Usage } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import type { LimitState } from './limit-state.ts'

const nothing: readonly Charge[] = []

/**
 * What one request takes from the limits that bind it: once for its caller, whatever serves it, and for
 * each attempt from those of the target. Cost belongs to the attempt: the price is the target's.
 */
export class Demand implements TargetRoom {
  readonly asker: Asker
  readonly #request: Request
  readonly #isCount: boolean
  readonly #bindings: Bindings
  readonly #state: Pick<LimitState, 'wouldDeny'>
  readonly #estimates: Estimates
  readonly #ofAsker: readonly Charge[]
  #begun: Begun | null = null
  readonly #costs: readonly Charge[]
  /** Of the target it was last asked for: first for the plan, then for admission. */
  #estimated: { readonly target: Target | null; readonly estimate: Estimate } | null = null

  constructor(
    asker: Asker,
    request: Request,
    bindings: Bindings,
    state: Pick<LimitState, 'wouldDeny'>,
    estimates: Estimates,
  ) {
    this.asker = asker
    this.#request = request
    this.#isCount = request.endpoint.operation === 'count-tokens'
    this.#bindings = bindings
    this.#state = state
    this.#estimates = estimates
    const all = bindings.ofAsker(asker)
    const hasCosts = !bindings.countOnly && needsPrice(all)
    this.#ofAsker = hasCosts ? all.filter((one) => !isOnCost(one)) : all
    this.#costs = hasCosts ? all.filter(isOnCost) : nothing
  }

  /** Nothing is to be asked of targets: no limit of theirs binds, and none on cost. */
  get #sparesTargets(): boolean {
    return this.#costs.length === 0 && !this.#bindings.bindTargets
  }

  /** For its caller; `target` is where it is expected to be served, null where that is not known. */
  ofAsker(target: Target | null): readonly Charge[] {
    return this.#charges(this.#ofAsker, target)
  }

  /** Of what `at` holds, the part of the caller: what its books are shown by. */
  budgetsAt(target: Target): readonly Charge[] {
    if (this.#costs.length === 0) return nothing
    const estimate = this.#estimateAt(target)
    return estimate.costNanoUsd === null ? nothing : chargesOf(this.#costs, estimate)
  }

  /** For one attempt; null where a limit on cost binds and the price is not known. */
  at(target: Target): readonly Charge[] | null {
    if (this.#sparesTargets) return nothing
    const ofTarget = this.#bindings.ofTarget(this.asker, target)
    const all = this.#costs.length === 0 ? ofTarget : [...this.#costs, ...ofTarget]
    if (all.length === 0 || this.#bindings.countOnly) return all
    const estimate = this.#estimateAt(target)
    if (estimate.costNanoUsd === null && needsPrice(all)) return null
    return chargesOf(all, estimate)
  }

  denied(target: Target): NoRoom | null {
    const charges = this.at(target)
    if (charges === null) return priceUnknown
    if (charges.length === 0) return null
    const denial = this.#state.wouldDeny(charges)
    if (denial === null) return null
    return { because: denialReason(denial), denial }
  }

  /** It was admitted: how much it takes is to be learned. */
  begun(): void {
    if (this.#bindings.countOnly || this.#isCount) return
    const { policy, model } = this.asker
    this.#begun = this.#estimates.begun(policy, model, this.#request)
  }

  /** What it took; null where that is of no use to others. */
  ended(usage: Usage | null): void {
    const taught = usage !== null && usage.inputTokens + usage.outputTokens > 0 ? usage : null
    if (this.#begun !== null) this.#estimates.ended(this.#begun, taught)
    this.#begun = null
  }

  #charges(bindings: readonly Charge[], target: Target | null): readonly Charge[] {
    if (bindings.length === 0 || this.#bindings.countOnly) return bindings
    return chargesOf(bindings, this.#estimateAt(target))
  }

  #estimateAt(target: Target | null): Estimate {
    // Counting tokens makes none, and is free of charge.
    if (this.#isCount) return nothingTaken
    if (this.#estimated !== null && this.#estimated.target === target)
      return this.#estimated.estimate
    const { policy, model } = this.asker
    const estimate = this.#estimates.estimate(policy, model, this.#request, target)
    this.#estimated = { target, estimate }
    return estimate
  }
}

function isOnCost({ limit }: Charge): boolean {
  return limit.metric === 'cost'
}

const priceUnknown: NoRoom = {
  because: 'its price is not known, and a limit on cost binds: give it a price',
  denial: null,
}
