import type { Catalog, Client } from '../core/catalog.ts'
import type { Failure, Outcome } from '../core/failure.ts'
import { makePlan } from '../core/plan/make-plan.ts'
import { resolveModel } from '../core/plan/resolve-model.ts'
import { hashSeed } from '../core/random.ts'
import { limitsTold, newStory, stored, waybillOf, waybillOfRefusal } from './account.ts'
import { admitted, demandOf, withoutLimits } from './admission.ts'
import { codecs } from './codecs.ts'
import { deliver, ownError } from './deliver.ts'
import { Delivery } from './delivery.ts'
import type { Demand } from './demand.ts'
import type { Incoming, Outgoing } from './exchange.ts'
import { execute, type Stoppable } from './execute.ts'
import type { Knowledge } from './knowledge.ts'
import { learn, type RolledBack } from './learn.ts'
import { addLimitHeaders } from './limit-headers.ts'
import type { Limiting } from './limiting.ts'
import type { Ports } from './ports.ts'
import { readRequest } from './read-request.ts'
import { addDecision, contentHeaders, type Decision } from './reply-headers.ts'
import { RequestContext } from './request-context.ts'
import type { Roster } from './roster.ts'
import { occasionOf, surroundingsOf } from './surroundings.ts'

/** What a request may use of the running gateway. The catalog is the one in force when it arrived. */
export interface Serving {
  readonly ports: Ports
  readonly catalog: Catalog
  readonly knowledge: Knowledge
  readonly limiting: Limiting
  /** The requests that are being executed. */
  readonly running: Roster<Stoppable>
  readonly onInternalError: (error: unknown) => void
  readonly onRollback: (rolledBack: RolledBack) => void
}

/**
 * The way of a request, in the order and the words of docs/life-of-a-request.md:
 * authenticate → parse → plan → admit → execute → account → deliver → learn. Who is calling has been found
 * out before the body was read: nobody we do not know fills our memory with one.
 */
export async function handleRequest(
  serving: Serving,
  incoming: Incoming,
  caller: Outcome<Client>,
  outgoing: Outgoing,
): Promise<void> {
  const { ports, catalog, knowledge, limiting, running } = serving
  const codec = codecs[incoming.endpoint.dialect]
  const id = ports.newId()
  const story = newStory(id, incoming, catalog.generation)
  ports.telemetry.started()
  const addOurs = (headers: string[], decision: Decision) => {
    addDecision(headers, story, decision)
    addLimitHeaders(headers, limitsTold(story), catalog.rateLimitHeaders)
  }
  const refuse = async (refusal: Failure) => {
    const record = waybillOfRefusal(story, refusal, ports.clock.monotonicMs())
    await stored(ports.ledger, record)
    ports.telemetry.finished(record)
    const [status, headers, body] = ownError(refusal, id, codec)
    const overheadMs = ports.clock.monotonicMs() - incoming.arrivedMonotonicMs
    addOurs(headers, { attempt: null, attempts: 0, costNanoUsd: null, overheadMs })
    headers.push('content-length', String(body.length))
    outgoing.head(status, headers)
    outgoing.end(body)
  }

  // authenticate: before anything is looked at, so that a stranger costs next to nothing
  if (!caller.ok) return refuse(caller.failure)
  const client = caller.value
  story.client = client.name
  story.policy = client.policy.name

  // parse: one scan of the bytes, no tree
  const parsed = readRequest(incoming, codec, id)
  if (!parsed.ok) return refuse(parsed.failure)
  const { request } = parsed.value
  story.request = request

  // plan: pure; what can serve the request, in which order, and why not the rest
  const found = resolveModel(request.model, catalog, client.policy)
  if (!found.ok) return refuse(found.failure)
  const resolved = found.value
  const occasion = occasionOf(incoming, client, catalog, knowledge)
  if (!occasion.ok) return refuse(occasion.failure)
  const asking = { incoming, client, request, resolved }
  const demandNow = () => demandOf(limiting, knowledge, asking, ports.clock.nowMs())
  const turn = resolved.as === 'alias' ? knowledge.turns.next(resolved.alias.name) : 0
  const seed = hashSeed(id)
  const plan = (room: Demand | null) => {
    const moment = { nowMs: ports.clock.monotonicMs(), turn, seed }
    const surroundings = surroundingsOf(knowledge, occasion.value, moment, room)
    return makePlan(request, resolved, catalog, surroundings)
  }
  const demand = demandNow()
  const planned = plan(demand)
  if (!('class' in planned)) story.plan = planned
  else {
    story.leftOut = planned.excluded
    if (planned.denial === null) return refuse(planned)
  }

  // admit: all limits that bind are charged in one step with what the plan expects, or none is
  let overheadMs = 0
  const delivery = new Delivery(outgoing, ports.clock, (attempt, attempts) => {
    const headers = contentHeaders(attempt, request)
    addOurs(headers, { attempt, attempts, costNanoUsd: null, overheadMs })
    return headers
  })
  const deadlineMs = request.timeoutMs
  const admission =
    demand === null
      ? withoutLimits(planned)
      : await admitted({
          serving,
          story,
          client,
          demand,
          planned,
          demandNow,
          plan,
          deadlineMs,
          delivery,
        })
  if (!admission.admitted) return refuse(admission.failure)
  const { ticket } = admission
  story.plan = admission.plan
  overheadMs = ports.clock.monotonicMs() - incoming.arrivedMonotonicMs - story.queuedMs

  try {
    // execute: bytes flow to the client from the first real output on
    const ending = await execute({
      ports,
      knowledge,
      plan: admission.plan,
      ticket,
      alias: resolved.as === 'alias' ? resolved.alias : null,
      retryBudget: catalog.retryBudget,
      incoming,
      read: parsed.value,
      context: new RequestContext(parsed.value, incoming),
      delivery,
      running,
      onInternalError: serving.onInternalError,
    })

    // account: what was borrowed is settled; on disk before the last byte leaves
    const record = waybillOf(story, ending, delivery, ports.clock.monotonicMs())
    ticket.settle(record)
    await stored(ports.ledger, record)

    // deliver: what is left of the reply, or an error that cannot be taken for one
    const { final, attempts } = ending
    try {
      deliver(delivery, ending, request, codec, (headers) => {
        const { costNanoUsd } = record
        addOurs(headers, { attempt: final, attempts: attempts.length, costNanoUsd, overheadMs })
      })
    } finally {
      // Told in the same turn, so nobody sees it late, and no client waits for it.
      ports.telemetry.finished(record)
    }

    // learn: what this request has shown, for the plans of those after it
    const finished = {
      request,
      resolved,
      plan: admission.plan,
      occasion: occasion.value,
      record,
      final,
    }
    try {
      learn(knowledge, finished, ports.clock.monotonicMs(), serving.onRollback)
    } catch (error) {
      // Its reply is out: a fault here must not break it.
      serving.onInternalError(error)
    }
  } finally {
    // However it ends, nothing of what was borrowed is kept.
    ticket.settle(null)
  }
}
