import type { Catalog, Client } from '../core/catalog.ts'
import { decidedBy, type Explanation, explanationOf } from '../core/explain.ts'
import { failed, type Outcome, ok } from '../core/failure.ts'
import { denialFailure } from '../core/limits/denial-failure.ts'
import { limitRecords } from '../core/limits/limit-records.ts'
import type { LimitsInForce } from '../core/limits/limits-in-force.ts'
import { makePlan } from '../core/plan/make-plan.ts'
import { resolveModel } from '../core/plan/resolve-model.ts'
import { hashSeed } from '../core/random.ts'
import { demandOf } from './admission.ts'
import { codecs } from './codecs.ts'
import type { Incoming } from './exchange.ts'
import { firstAsked } from './first-asked.ts'
import type { Knowledge } from './knowledge.ts'
import type { LimitState } from './limit-state.ts'
import { prepareCall } from './prepare-call.ts'
import { readRequest } from './read-request.ts'
import { occasionOf, surroundingsOf } from './surroundings.ts'

/** The gateway a request would meet. */
export interface Meeting {
  readonly catalog: Catalog
  readonly knowledge: Knowledge
  readonly limits: LimitsSeen
  /** Monotonic milliseconds. */
  readonly nowMs: number
}

/** Which limits bind, and how their books stand. */
export interface LimitsSeen {
  readonly inForce: LimitsInForce
  readonly state: Pick<LimitState, 'look' | 'wouldDeny'>
}

/**
 * What would become of a request if it arrived now, by the same steps as in `handleRequest` up to its
 * first attempt; refused where it would be. Calls nobody and uses nothing up: the next turn stays the
 * next one, and no budget is charged.
 */
export function explainRequest(
  { catalog, knowledge, limits, nowMs }: Meeting,
  incoming: Incoming,
  client: Client,
  id: string,
): Outcome<Explanation> {
  const { policy } = client
  const parsed = readRequest(incoming, codecs[incoming.endpoint.dialect], id)
  if (!parsed.ok) return parsed
  const { request } = parsed.value
  const admitted = resolveModel(request.model, catalog, policy)
  if (!admitted.ok) return admitted
  const resolved = admitted.value
  const occasion = occasionOf(incoming, client, catalog, knowledge)
  if (!occasion.ok) return occasion
  const turn = resolved.as === 'alias' ? knowledge.turns.peek(resolved.alias.name) : 0
  const moment = { nowMs, turn, seed: hashSeed(id) }
  const demand = demandOf(
    limits,
    knowledge,
    { incoming, client, request, resolved },
    incoming.arrivedAtMs,
  )
  const surroundings = surroundingsOf(knowledge, occasion.value, moment, demand)
  // Hedges are no part of an explanation, and their delays are remembered when they are asked for.
  const plan = makePlan(request, resolved, catalog, { ...surroundings, hedging: null })
  if ('class' in plan) return { ok: false, failure: plan }
  const write = (candidate: (typeof plan.candidates)[number]) => {
    const prepared = prepareCall(candidate, incoming, parsed.value, 0)
    return prepared.ok ? null : prepared.failure
  }
  const first = firstAsked(plan, write, knowledge.fleet, nowMs)
  if (!first.ok) return first
  const { candidate, unfit } = first.value
  const charges = demand?.ofAsker(candidate.target) ?? []
  const denial = limits.state.wouldDeny(charges)
  if (denial !== null) return failed(denialFailure(denial))
  const budgets = demand?.budgetsAt(candidate.target) ?? []
  const readings = limits.state.look([...charges, ...budgets])
  const asking = { id, policy: policy.name, limits: limitRecords(readings) }
  return ok(explanationOf(decidedBy(plan, candidate, unfit, asking)))
}
