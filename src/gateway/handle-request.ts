import type { Catalog } from '../core/catalog.ts'
import type { Failure } from '../core/failure.ts'
import { makePlan } from '../core/plan/make-plan.ts'
import { resolveModel } from '../core/plan/resolve-model.ts'
import { hashSeed } from '../core/random.ts'
import type { ReplyContext } from '../dialects/dialect.ts'
import { account, accountRefusal, type Story } from './account.ts'
import { authenticate } from './authenticate.ts'
import { codecs } from './codecs.ts'
import { deliver, ownError } from './deliver.ts'
import { Delivery } from './delivery.ts'
import type { Incoming, Outgoing } from './exchange.ts'
import { execute, type Stoppable } from './execute.ts'
import type { Ports } from './ports.ts'
import { parsedBody } from './prepare-call.ts'
import { type ReadRequest, readRequest } from './read-request.ts'
import { contentHeaders, decisionHeaders } from './reply-headers.ts'
import type { Roster } from './roster.ts'
import type { Turns } from './turns.ts'

/** What a request may use of the running gateway. The catalog is the one in force when it arrived. */
export interface Serving {
  readonly ports: Ports
  readonly catalog: Catalog
  readonly turns: Turns
  /** The requests that are being executed. */
  readonly running: Roster<Stoppable>
}

/**
 * The way of a request, in the order and the words of docs/life-of-a-request.md:
 * authenticate → parse → plan → execute → account → deliver.
 */
export async function handleRequest(
  serving: Serving,
  incoming: Incoming,
  outgoing: Outgoing,
): Promise<void> {
  const { ports, catalog, turns, running } = serving
  const codec = codecs[incoming.endpoint.dialect]
  const id = ports.newId()
  ports.telemetry.started()
  const story: Story = {
    id,
    incoming,
    catalogGeneration: catalog.generation,
    request: null,
    client: null,
    policy: null,
    plan: null,
  }
  const refuse = (refusal: Failure, known: Story) => {
    accountRefusal(ports, known, refusal)
    const headers = decisionHeaders({ ...facts, id, policy: known.policy, attempt: null })
    const [status, all, body] = ownError(refusal, id, codec, headers)
    outgoing.head(status, [...all, 'content-length', String(body.length)])
    outgoing.end(body)
  }
  const facts = { plan: null, attempts: 0, costNanoUsd: null, overheadMs: 0 }

  // authenticate: before anything is looked at, so that a stranger costs next to nothing
  const client = authenticate(incoming, catalog)
  if (!client.ok) return refuse(client.failure, story)
  const { policy, name } = client.value
  const called = { ...story, client: name, policy: policy.name }

  // parse: one scan of the bytes, no tree
  const parsed = readRequest(incoming, codec, id)
  if (!parsed.ok) return refuse(parsed.failure, called)
  const { request } = parsed.value
  const asked = { ...called, request }

  // plan: pure; what can serve the request, in which order, and why not the rest
  const resolved = resolveModel(request.model, catalog, policy)
  if (!resolved.ok) return refuse(resolved.failure, asked)
  const turn = turns.next(resolved.value.as === 'alias' ? resolved.value.alias.name : request.model)
  const plan = makePlan(request, resolved.value, catalog, { turn, seed: hashSeed(id) })
  if ('class' in plan) return refuse(plan, asked)
  const planned = { ...asked, plan }

  // execute: bytes flow to the client from the first real output on
  const overheadMs = ports.clock.monotonicMs() - incoming.arrivedMonotonicMs
  const headers = { ...facts, id, policy: policy.name, plan, overheadMs }
  const delivery = new Delivery(outgoing, ports.clock, (attempt, attempts) => [
    ...contentHeaders(attempt, request),
    ...decisionHeaders({ ...headers, attempt, attempts }),
  ])
  const context = replyContext(parsed.value, incoming)
  const ending = await execute({
    ports,
    plan,
    incoming,
    read: parsed.value,
    context,
    delivery,
    keyTurn: turn,
    running,
  })

  // account: on disk before the last byte leaves
  const costNanoUsd = account(ports, planned, ending, delivery.bytesSent)

  // deliver: what is left of the reply, or an error that cannot be taken for one
  deliver(delivery, ending, request, codec, (attempt, attempts) =>
    decisionHeaders({ ...headers, attempt, attempts, costNanoUsd }),
  )
}

function replyContext({ request, facts }: ReadRequest, incoming: Incoming): ReplyContext {
  let body: ReplyContext['requestBody'] | null = null
  return {
    id: request.id,
    model: request.model,
    createdS: Math.floor(incoming.arrivedAtMs / 1000),
    includeUsage: facts.includeUsage,
    framing: request.streaming ?? 'sse',
    // Parsed only when a translation needs it.
    get requestBody() {
      body ??= parsedBody(incoming)
      return body
    },
  }
}
