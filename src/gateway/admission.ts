import type { Catalog, Client, LimitQueue } from '../core/catalog.ts'
import { type Failure, failure } from '../core/failure.ts'
import { denialFailure } from '../core/limits/denial-failure.ts'
import type { Denial } from '../core/limits/limit.ts'
import type { LimitsInForce } from '../core/limits/limits-in-force.ts'
import type { Resolved } from '../core/plan/make-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Request } from '../core/request.ts'
import type { Story } from './account.ts'
import { type Admission, type Admitted, admit, type Refusal } from './admit.ts'
import type { Delivery } from './delivery.ts'
import { Demand } from './demand.ts'
import type { Incoming } from './exchange.ts'
import type { Knowledge } from './knowledge.ts'
import type { LimitState } from './limit-state.ts'
import { type Limiting, reportViolation } from './limiting.ts'
import type { Clock } from './ports.ts'
import { freeTicket, nothingDone } from './ticket.ts'
import type { Waiter } from './waiting-room.ts'

/** As far as a plan looks at limits. */
interface LimitsSeen {
  readonly inForce: LimitsInForce
  readonly state: Pick<LimitState, 'wouldDeny'>
}

/** What the request takes from limits; null where none binds. */
export function demandOf(
  { inForce, state }: LimitsSeen,
  { estimates }: Knowledge,
  asking: {
    readonly incoming: Pick<Incoming, 'ip' | 'arrivedAtMs'>
    readonly client: Client
    readonly request: Request
    readonly resolved: Resolved
  },
): Demand | null {
  const { incoming, client, request, resolved } = asking
  const bindings = inForce.at(incoming.arrivedAtMs)
  if (bindings.empty) return null
  const asker = {
    client: client.name,
    policy: client.policy.name,
    model: resolved.as === 'alias' ? resolved.alias.name : resolved.target.name,
    user: request.user,
    ip: incoming.ip,
  }
  return new Demand(asker, request, bindings, state, estimates)
}

/** Of a request that no limit binds. */
export function withoutLimits(plan: Plan): Admitted {
  return { admitted: true, plan, ticket: freeTicket }
}

export interface Applicant {
  readonly serving: {
    readonly limiting: Limiting
    readonly catalog: Catalog
    readonly ports: { readonly clock: Clock }
  }
  readonly story: Story
  readonly client: Client
  readonly demand: Demand
  readonly planned: Plan
  /** The plan as it would be made now: a wait may have changed the fleet. */
  readonly plan: () => Plan | Failure
  readonly delivery: Delivery
}

/**
 * Charges what binds the request; over a limit of its caller it waits for room, in turn with those of other
 * clients, where the configuration says so. What it came to stands in the story.
 */
export function admitted(applicant: Applicant): Promise<Admission> {
  return new Promise((resolve) => {
    apply(applicant, (admission) => {
      tell(applicant, admission)
      resolve(admission)
    })
  })
}

function tell({ story, demand, serving }: Applicant, admission: Admission): void {
  if (admission.admitted) {
    story.readings = admission.ticket.readings
    return
  }
  story.readings = admission.readings
  story.denial = admission.denial
  if (admission.denial === null) return
  const request = { id: story.id, atMs: serving.ports.clock.nowMs() }
  reportViolation(serving.limiting.reports, admission.denial, demand.asker, request)
}

function apply(applicant: Applicant, answer: (admission: Admission) => void): void {
  const { demand, planned, story, serving } = applicant
  const { limiting } = serving
  const queue = queueOf(applicant)
  if (queue === null) {
    admit(demand, planned, story.id, limiting, answer)
    return
  }
  const [first] = planned.candidates
  const ahead = first === undefined ? null : limiting.room.ahead(demand.ofAsker(first.target))
  if (ahead !== null) {
    wait(applicant, queue, denied(ahead), answer)
    return
  }
  admit(demand, planned, story.id, limiting, (admission) => {
    if (!isWorthWaiting(admission)) answer(admission)
    else wait(applicant, queue, admission, answer)
  })
}

interface Queue extends LimitQueue {
  readonly name: string
  /** Monotonic. */
  readonly untilMs: number
}

/** null: nothing may wait, it is refused at once. */
function queueOf({ serving, story, client, planned }: Applicant): Queue | null {
  const { policy } = client
  const queue = policy.limitQueue ?? serving.catalog.limitQueue
  if (queue === undefined) return null
  const name = policy.limitQueue === undefined ? '' : policy.name
  const latestMs = planned.deadlineMs ?? Number.POSITIVE_INFINITY
  const untilMs = Math.min(
    serving.ports.clock.monotonicMs() + queue.maxWaitMs,
    story.incoming.arrivedMonotonicMs + latestMs,
  )
  return { ...queue, name, untilMs }
}

/** For room at its own targets nobody waits: others may have some. */
function isWorthWaiting(admission: Admission): admission is Refusal & { denial: Denial } {
  return !admission.admitted && admission.denial !== null && !admission.ofTargets
}

function denied(denial: Denial): Refusal & { denial: Denial } {
  const failure = denialFailure(denial)
  return { admitted: false, failure, denial, ofTargets: false, readings: [] }
}

function wait(
  { serving, story, demand, planned, plan, delivery }: Applicant,
  { name, size, untilMs }: Queue,
  refusal: Refusal & { denial: Denial },
  answer: (admission: Admission) => void,
): void {
  const { limiting } = serving
  let last: Refusal = refusal
  let isOver = false
  const { clock } = serving.ports
  const enteredMs = clock.monotonicMs()
  const end = (admission: Admission) => {
    isOver = true
    story.queuedMs = Math.round((clock.monotonicMs() - enteredMs) * 1000) / 1000
    answer(admission)
  }
  const refuse = (problem: Failure, because: Denial | null) =>
    end({ ...last, failure: problem, denial: because })
  const waiter: Waiter = {
    client: demand.asker.client,
    queue: name,
    most: size,
    untilMs,
    ask(tell) {
      const again = plan()
      admit(demand, 'class' in again ? planned : again, story.id, limiting, (admission) => {
        if (isOver) {
          // Its client has gone while a shared state was asked.
          if (admission.admitted) admission.ticket.settle(nothingDone)
        } else if (isWorthWaiting(admission)) {
          last = admission
          tell(admission.denial)
          return
        } else end(admission)
        tell(null)
      })
    },
    sentAway: (left, because) =>
      because === 'stopping'
        ? refuse(failure('shutting_down', 'This gateway is stopping.'), null)
        : refuse(denialFailure(left), left),
  }
  if (!limiting.room.enter(waiter, refusal.denial)) {
    answer(refusal)
    return
  }
  delivery.onGone(() => {
    if (isOver) return
    limiting.room.leave(waiter)
    refuse(failure('cancelled', 'The client closed the connection.'), null)
  })
}
