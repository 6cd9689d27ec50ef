import { seededRandom } from '../core/random.ts'
import type { Behaviour } from './behaviour/behaviour.ts'
import { plainBehaviour } from './behaviour/behaviour.ts'
import type { BehaviourBook } from './behaviour/behaviour-book.ts'
import { splitModelName } from './behaviour/behaviour-book.ts'
import type { Gatekeeper } from './behaviour/gate.ts'
import { planReply } from './faults/plan-reply.ts'
import type { MockRequest } from './request/mock-request.ts'
import { modelNameOf, readAsk } from './request/read-ask.ts'
import type { Route } from './request/route.ts'
import { routeOf } from './request/route.ts'
import { respond } from './respond.ts'
import type { PlannedReply } from './wire/planned-reply.ts'
import type { MockReply } from './wire/reply.ts'
import { jsonBody } from './wire/reply.ts'

/** What a reply depends on beside its request. */
export interface Premises {
  readonly seed: number
  readonly book: BehaviourBook
  readonly gatekeeper: Gatekeeper
  /** Models to list. */
  readonly models: readonly string[]
  /** Milliseconds since the epoch, for headers that name a time. */
  nowMs(): number
  /** Seconds since the epoch, for `created` fields. */
  createdS(): number
}

/** A request as the mock understands it, with the behaviour that is due to it. */
export interface Prepared {
  readonly model: string
  readonly behaviour: Behaviour
  /** Made when it is time to answer: some behaviours never do. */
  plan(): PlannedReply
}

export function prepare(
  request: MockRequest,
  number: number,
  sinceStartMs: number,
  premises: Premises,
): Prepared {
  const route = routeOf(request)
  const name = splitModelName(modelNameOf(route, request))
  const { model } = name
  const random = seededRandom(premises.seed + number)
  const plain = (reply: MockReply): Prepared => ({
    model,
    behaviour: plainBehaviour,
    plan: () => planReply(reply, plainBehaviour, random),
  })
  const found = premises.book.find(name, request.headers)
  if (!found.ok) return plain(refusal(400, found.failure.message))
  if (route === null)
    return plain(refusal(404, `The mock has no ${request.method} ${request.target}.`))
  if (request.method === 'POST' && request.body === undefined) {
    return plain(refusal(400, 'The body is neither JSON nor a form.'))
  }
  const behaviour = premises.gatekeeper.decide(found.value, model, sinceStartMs)
  const plan = () => {
    const reply = replyTo(route, request, model, behaviour, number, premises)
    return planReply(reply, behaviour, random)
  }
  return { model, behaviour, plan }
}

function replyTo(
  route: Route,
  request: MockRequest,
  model: string,
  behaviour: Behaviour,
  number: number,
  premises: Premises,
): MockReply {
  const { seed, models } = premises
  const around = { seed, models, nowMs: premises.nowMs(), createdS: premises.createdS() }
  return respond(readAsk(route, request, model), behaviour, around, String(number))
}

function refusal(status: number, message: string): MockReply {
  const error = { error: { message, type: 'mock_error', param: null, code: null } }
  return { status, headers: [], body: jsonBody(error) }
}
