import type { Catalog, Client } from '../core/catalog.ts'
import { type Failure, failure } from '../core/failure.ts'
import { bindsTargets, denialFailure } from '../core/limits/denial-failure.ts'
import type { Charge, Denial } from '../core/limits/limit.ts'
import type { LimitsInForce } from '../core/limits/limits-in-force.ts'
import type { NoPlan, Resolved } from '../core/plan/make-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Request } from '../core/request.ts'
import type { Story } from './account.ts'
import { type Admission, admit, type Refusal, refusedBy } from './admit.ts'
import type { Delivery } from './delivery.ts'
import { Demand } from './demand.ts'
import type { Incoming } from './exchange.ts'
import type { Knowledge } from './knowledge.ts'
import type { LimitState } from './limit-state.ts'
import type { Limiting } from './limiting.ts'
import type { Clock } from './ports.ts'
import { type NamedQueue, queueFor } from './queue-for.ts'
import { reportViolation } from './report-violation.ts'
import { freeTicket } from './ticket.ts'
import type { Waiter } from './waiting-room.ts'

/** As far as a plan looks at limits. */
interface LimitsSeen {
  readonly inForce: LimitsInForce
  readonly state: Pick<LimitState, 'wouldDeny'>
}

/** What the request takes from limits; null where none binds. `nowMs`: since the epoch, for those that expire. */
export function demandOf(
  { inForce, state }: LimitsSeen,
  { estimates }: Knowledge,
  asking: {
    readonly incoming: Pick<Incoming, 'ip'>
    readonly client: Client
    readonly request: Request
    readonly resolved: Resolved
  },
  nowMs: number,
): Demand | null {
  const { incoming, client, request, resolved } = asking
  const bindings = inForce.at(nowMs)
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
export function withoutLimits(plan: Plan | NoPlan): Admission {
  return 'class' in plan
    ? { admitted: false, failure: plan, denial: plan.denial, readings: [] }
    : { admitted: true, plan, ticket: freeTicket }
}

export interface Applicant {
  readonly serving: {
    readonly limiting: Limiting
    readonly catalog: Catalog
    readonly ports: { readonly clock: Clock }
    readonly onInternalError: (error: unknown) => void
  }
  readonly story: Story
  readonly client: Client
  readonly demand: Demand
  /** With these limits; a wait may change both. */
  readonly planned: Plan | NoPlan
  readonly demandNow: () => Demand | null
  readonly plan: (demand: Demand | null) => Plan | NoPlan
  readonly deadlineMs: number | null
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
  const { denial, readings } = admission
  story.readings = readings
  story.denial = denial
  if (denial === null) return
  reportViolation(serving.limiting.reports, denial, demand.asker, story.id)
}

function apply(applicant: Applicant, answer: (admission: Admission) => void): void {
  const { demand, planned, serving } = applicant
  const queue = queueOf(applicant)
  if (queue === null) {
    tryOnce(applicant, demand, planned, answer)
    return
  }
  const ahead = serving.limiting.room.ahead(waitedFor(demand, planned))
  if (ahead !== null) {
    wait(applicant, queue, refusedBy(ahead, []), answer)
    return
  }
  tryOnce(applicant, demand, planned, (admission) => {
    if (!isWorthWaiting(admission)) answer(admission)
    else wait(applicant, queue, admission, answer)
  })
}

/** Where limits left no target in the plan, that is the answer. */
function tryOnce(
  { serving, story }: Applicant,
  demand: Demand | null,
  planned: Plan | NoPlan,
  answer: (admission: Admission) => void,
): void {
  const { limiting } = serving
  if (demand === null) answer(withoutLimits(planned))
  else if (!('class' in planned)) {
    admit(demand, planned, story.id, limiting, serving.onInternalError, answer)
  } else {
    const readings = limiting.state.look(demand.ofAsker(null))
    answer({ admitted: false, failure: planned, denial: planned.denial, readings })
  }
}

/** What others may be waiting for. */
function waitedFor(demand: Demand, planned: Plan | NoPlan): readonly Charge[] {
  const target = 'class' in planned ? null : (planned.candidates[0]?.target ?? null)
  const own = demand.ofAsker(target)
  return target === null ? own : [...own, ...demand.budgetsAt(target)]
}

interface Queue extends NamedQueue {
  /** Monotonic. */
  readonly untilMs: number
}

/** null: nothing may wait, it is refused at once. */
function queueOf({ serving, story, client, deadlineMs }: Applicant): Queue | null {
  const queue = queueFor(client, serving.catalog)
  if (queue === null) return null
  const latestMs = deadlineMs ?? Number.POSITIVE_INFINITY
  const untilMs = Math.min(
    serving.ports.clock.monotonicMs() + queue.maxWaitMs,
    story.incoming.arrivedMonotonicMs + latestMs,
  )
  return { ...queue, untilMs }
}

/** For room at its own targets nobody waits: others may have some. */
function isWorthWaiting(admission: Admission): admission is Refusal & { denial: Denial } {
  return !admission.admitted && admission.denial !== null && !bindsTargets(admission.denial.limit)
}

function wait(
  applicant: Applicant,
  { name, size, untilMs }: Queue,
  refusal: Refusal & { denial: Denial },
  answer: (admission: Admission) => void,
): void {
  const { serving, story, demand, delivery } = applicant
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
      const heard = (admission: Admission) => {
        if (isOver) {
          // Its client has gone while a shared state was asked, or while its charge was written.
          if (admission.admitted) admission.ticket.settle(null)
        } else if (isWorthWaiting(admission)) {
          last = admission
          tell(admission.denial)
          return
        } else end(admission)
        tell(null)
      }
      try {
        const now = applicant.demandNow()
        tryOnce(applicant, now, applicant.plan(now), heard)
      } catch (error) {
        // In a timer it would end the process.
        serving.onInternalError(error)
        heard({
          ...last,
          failure: failure('internal', 'The gateway failed; its log says why.'),
          denial: null,
        })
      }
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
