import type { Catalog, Client } from '../core/catalog.ts'
import type { Outcome } from '../core/failure.ts'
import type { NoPlan } from '../core/plan/make-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import { resolveModel } from '../core/plan/resolve-model.ts'
import { newStory, type Story, stored, waybillOf } from './account.ts'
import { type Applicant, admitted, withoutLimits } from './admission.ts'
import { Answer } from './answer.ts'
import { Asked } from './asked.ts'
import { codecs } from './codecs.ts'
import { deliver } from './deliver.ts'
import type { Delivery } from './delivery.ts'
import type { Demand } from './demand.ts'
import type { Incoming, Outgoing } from './exchange.ts'
import { type ExecuteInput, execute, type Stoppable } from './execute.ts'
import type { Knowledge } from './knowledge.ts'
import { learn, type RolledBack } from './learn.ts'
import type { Limiting } from './limiting.ts'
import type { Ports } from './ports.ts'
import { type ReadRequest, readRequest } from './read-request.ts'
import { RequestContext } from './request-context.ts'
import type { Roster } from './roster.ts'
import { occasionOf } from './surroundings.ts'
import type { Ticket } from './ticket.ts'

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
  const { ports, catalog, knowledge } = serving
  const codec = codecs[incoming.endpoint.dialect]
  const story = newStory(ports.newId(), incoming, catalog.generation)
  const answer = new Answer(serving, story, codec, outgoing)
  ports.telemetry.started()

  // authenticate: before anything is looked at, so that a stranger costs next to nothing
  if (!caller.ok) return answer.refuse(caller.failure)
  const client = caller.value
  story.client = client.name
  story.policy = client.policy.name

  // parse: one scan of the bytes, no tree
  const parsed = readRequest(incoming, codec, story.id)
  if (!parsed.ok) return answer.refuse(parsed.failure)
  const read = parsed.value
  const { request } = read
  story.request = request

  // plan: pure; what can serve the request, in which order, and why not the rest
  const resolved = resolveModel(request.model, catalog, client.policy)
  if (!resolved.ok) return answer.refuse(resolved.failure)
  const occasion = occasionOf(incoming, client, catalog, knowledge)
  if (!occasion.ok) return answer.refuse(occasion.failure)
  const asked = new Asked(serving, incoming, client, request, resolved.value, occasion.value)
  const demand = asked.demandNow()
  const planned = asked.plan(demand)
  if (!('class' in planned)) story.plan = planned
  else {
    story.leftOut = planned.excluded
    if (planned.denial === null) return answer.refuse(planned)
  }

  // admit: all limits that bind are charged in one step with what the plan expects, or none is
  const delivery = answer.delivery(request)
  const admission =
    demand === null
      ? withoutLimits(planned)
      : await admitted(applicant(serving, story, asked, demand, planned, delivery))
  if (!admission.admitted) return answer.refuse(admission.failure)
  const { plan, ticket } = admission
  story.plan = plan
  const beganMs = ports.clock.monotonicMs()
  answer.overheadMs = beganMs - incoming.arrivedMonotonicMs - story.queuedMs

  try {
    // execute: bytes flow to the client from the first real output on
    const ending = await execute(executionOf(serving, asked, read, plan, ticket, delivery, beganMs))

    // account: what was borrowed is settled; on disk before the last byte leaves
    const record = waybillOf(story, ending, delivery, ports.clock.monotonicMs())
    ticket.settle(record)
    await stored(ports.ledger, record)

    // deliver: what is left of the reply, or an error that cannot be taken for one
    try {
      deliver(delivery, ending, request, codec, answer.decisionOf(ending, record.costNanoUsd))
    } finally {
      // Told in the same turn, so nobody sees it late, and no client waits for it.
      ports.telemetry.finished(record)
    }

    // learn: what this request has shown, for the plans of those after it
    const { final } = ending
    const finished = {
      request,
      resolved: asked.resolved,
      plan,
      occasion: asked.occasion,
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

/** A wait for room may change what it demands, and its plan. */
function applicant(
  serving: Serving,
  story: Story,
  asked: Asked,
  demand: Demand,
  planned: Plan | NoPlan,
  delivery: Delivery,
): Applicant {
  const { client, request } = asked
  return {
    serving,
    story,
    client,
    demand,
    planned,
    demandNow: () => asked.demandNow(),
    plan: (room) => asked.plan(room),
    deadlineMs: request.timeoutMs,
    delivery,
  }
}

function executionOf(
  { ports, catalog, knowledge, running, onInternalError }: Serving,
  { incoming, resolved }: Asked,
  read: ReadRequest,
  plan: Plan,
  ticket: Ticket,
  delivery: Delivery,
  beganMs: number,
): ExecuteInput {
  return {
    ports,
    knowledge,
    plan,
    ticket,
    alias: resolved.as === 'alias' ? resolved.alias : null,
    retryBudget: catalog.retryBudget,
    incoming,
    read,
    context: new RequestContext(read, incoming),
    delivery,
    beganMs,
    running,
    onInternalError,
  }
}
