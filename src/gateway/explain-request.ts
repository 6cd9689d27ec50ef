import type { Catalog, Client } from '../core/catalog.ts'
import { decidedBy, type Explanation, explanationOf } from '../core/explain.ts'
import { failed, type Outcome, ok } from '../core/failure.ts'
import { denialFailure } from '../core/limits/denial-failure.ts'
import type { Denial } from '../core/limits/limit.ts'
import { limitRecords } from '../core/limits/limit-records.ts'
import type { LimitsInForce } from '../core/limits/limits-in-force.ts'
import { makePlan } from '../core/plan/make-plan.ts'
import { resolveModel } from '../core/plan/resolve-model.ts'
import { hashSeed } from '../core/random.ts'
import { demandOf } from './admission.ts'
import { codecs } from './codecs.ts'
import type { Demand } from './demand.ts'
import type { Incoming } from './exchange.ts'
import { firstAsked } from './first-asked.ts'
import type { Knowledge } from './knowledge.ts'
import type { LimitState } from './limit-state.ts'
import { prepareCall } from './prepare-call.ts'
import { queueFor } from './queue-for.ts'
import { readRequest } from './read-request.ts'
import { occasionOf, surroundingsOf } from './surroundings.ts'
import type { WaitingRoom } from './waiting-room.ts'
import { wouldWait } from './would-wait.ts'

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
  readonly room: Pick<WaitingRoom, 'ahead' | 'accepts'>
}

/**
 * What would become of a request if it arrived now, by the same steps as in `handleRequest` up to its
 * first attempt; refused where it would be. One that would wait for room is explained as it would be
 * planned had it room now. Calls nobody and uses nothing up: the next turn stays the next one, and no
 * budget is charged.
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
  const planIn = (room: Demand | null) => {
    const surroundings = surroundingsOf(knowledge, occasion.value, moment, room)
    // Hedges are no part of an explanation, and their delays are remembered when they are asked for.
    return makePlan(request, resolved, catalog, { ...surroundings, hedging: null })
  }
  const waiting = wouldWait(limits.room, queueFor(client, catalog), request.timeoutMs, nowMs)
  let plan = planIn(demand)
  let denial: Denial | null = null
  if ('class' in plan) {
    denial = plan.denial
    if (denial === null || !waiting.isLetIn(denial)) return { ok: false, failure: plan }
    plan = planIn(null)
    if ('class' in plan) return { ok: false, failure: plan }
  }
  const write = (candidate: (typeof plan.candidates)[number]) => {
    const prepared = prepareCall(candidate, incoming, parsed.value, 0)
    return prepared.ok ? null : prepared.failure
  }
  const first = firstAsked(plan, write, knowledge.fleet, nowMs)
  if (!first.ok) return first
  const { candidate, unfit } = first.value
  const charges = demand?.ofAsker(candidate.target) ?? []
  const own = [...charges, ...(demand?.budgetsAt(candidate.target) ?? [])]
  denial ??= waiting.behind(own) ?? limits.state.wouldDeny(charges)
  if (denial !== null && !waiting.isLetIn(denial)) return failed(denialFailure(denial))
  const asking = {
    id,
    policy: policy.name,
    limits: limitRecords(limits.state.look(own)),
    queuedMs: Math.ceil(denial?.retryAfterMs ?? 0),
  }
  return ok(explanationOf(decidedBy(plan, candidate, unfit, asking)))
}
