import type { Failure } from '../core/failure.ts'
import { denialFailure, outOfReachFailure } from '../core/limits/denial-failure.ts'
import type { Charge, Denial, Limit, Reading } from '../core/limits/limit.ts'
import { sooner } from '../core/plan/gather.ts'
import type { Plan, RankedCandidate } from '../core/plan/plan.ts'
import type { Demand } from './demand.ts'
import type { Borrowed, LimitState } from './limit-state.ts'
import type { LimitWitness } from './limiting.ts'
import { type Books, BorrowedTicket, type Stake, type Ticket } from './ticket.ts'

export type Admission = Admitted | Refusal

export interface Admitted {
  readonly admitted: true
  /** Without the candidates that had no room after all. */
  readonly plan: Plan
  readonly ticket: Ticket
}

export interface Refusal {
  readonly admitted: false
  readonly failure: Failure
  /** null: no limit denied it. */
  readonly denial: Denial | null
  /** How the books of the caller stand. */
  readonly readings: readonly Reading[]
}

/** Candidates whose limits are looked at in one step, when the first has no room after all. */
const optionsAtOnce = 4

/**
 * Charges all that binds a request in one step, with what its plan expects: the limits of its caller,
 * and those of the first candidate that has room. Calls back when what was charged is kept.
 */
export function admit(
  demand: Demand,
  plan: Plan,
  id: string,
  books: Books,
  answer: (admission: Admission) => void,
): void {
  const [first] = plan.candidates
  if (first === undefined) throw new Error('a plan has a candidate')
  const charges = demand.ofAsker(first.target)

  const ask = (from: number, count: number, before: Denial | null) => {
    const options = optionsOf(demand, plan.candidates.slice(from, from + count))
    const onlyCaller = options[0] === undefined || options[0].length === 0
    const borrowing = { ticket: id, charges, options: onlyCaller ? [] : options }
    books.state.borrow(borrowing, (borrowed) => {
      if (borrowed.granted) answer(admitted(borrowed, from, options))
      else if ('unavailable' in borrowed) answer(outOfReach(borrowed.unavailable))
      else {
        const { noOption, readings } = borrowed
        const denial = noOption ? sooner(before, borrowed.denial) : borrowed.denial
        if (noOption && from + count < plan.candidates.length) {
          ask(from + count, optionsAtOnce, denial)
        } else answer(refusedBy(denial, readings))
      }
    })
  }

  const admitted = (
    borrowed: Borrowed & { granted: true },
    from: number,
    options: Options,
  ): Admitted => {
    const { at, option, readings } = borrowed
    const place = from + Math.max(0, option)
    const candidate = plan.candidates[place] ?? first
    const ofTarget = options[option] ?? []
    report(books.reports, charges)
    report(books.reports, ofTarget)
    const stake: Stake = { ticket: id, charges: ofTarget, at }
    const ticket = new BorrowedTicket(
      demand,
      books,
      { ticket: id, charges, at },
      option < 0 ? null : { target: candidate.target.name, stake },
      withBudgets(readings, demand.budgetsAt(candidate.target), books.state),
    )
    return { admitted: true, plan: place === 0 ? plan : startingAt(plan, place), ticket }
  }

  ask(0, 1, null)
}

/** Budgets are charged with an attempt, and are the caller's all the same. */
function withBudgets(
  readings: readonly Reading[],
  budgets: readonly Charge[],
  state: Pick<LimitState, 'look'>,
): readonly Reading[] {
  return budgets.length === 0 ? readings : [...readings, ...state.look(budgets)]
}

type Options = readonly (readonly Charge[])[]

function optionsOf(demand: Demand, candidates: readonly RankedCandidate[]): Options {
  return candidates.map(({ target }) => demand.at(target) ?? [])
}

function report(reports: LimitWitness, charges: readonly Charge[]): void {
  for (const { limit, amount } of charges) reports.admitted(limit.id, amount)
}

function outOfReach(limit: Limit): Refusal {
  return { admitted: false, failure: outOfReachFailure(limit), denial: null, readings: [] }
}

export function refusedBy(
  denial: Denial,
  readings: readonly Reading[],
): Refusal & { denial: Denial } {
  return { admitted: false, failure: denialFailure(denial), denial, readings }
}

/** Another gateway has taken the room of those before it, since the plan was made. */
function startingAt(plan: Plan, place: number): Plan {
  const because = 'its limit was used up by other gateways in the meantime'
  const passed = plan.candidates.slice(0, place)
  return {
    ...plan,
    reason: `first with room in its limits; ${plan.reason}`,
    confidence: null,
    candidates: plan.candidates.slice(place),
    excluded: [...plan.excluded, ...passed.map(({ target }) => ({ target: target.name, because }))],
    hedge: null,
  }
}
