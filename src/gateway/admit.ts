import { type Failure, failure } from '../core/failure.ts'
import { denialFailure, outOfReachFailure } from '../core/limits/denial-failure.ts'
import type { Charge, Denial, Limit, Reading } from '../core/limits/limit.ts'
import { sooner } from '../core/plan/gather.ts'
import type { Plan, RankedCandidate } from '../core/plan/plan.ts'
import type { Demand } from './demand.ts'
import type { Borrowed, Borrowing, LimitState } from './limit-state.ts'
import type { LimitWitness } from './limiting.ts'
import { type Books, BorrowedTicket, noStake, type Ticket } from './ticket.ts'

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
 * and those of the first candidate that has room. Calls back when what was charged is kept. A fault of
 * our own ends this request alone: thrown there, it would take those along that are kept with it.
 */
export function admit(
  demand: Demand,
  plan: Plan,
  id: string,
  books: Books,
  onInternalError: (error: unknown) => void,
  answer: (admission: Admission) => void,
): void {
  const asking = new Asking(demand, plan, id, books)
  const ask = () => {
    books.state.borrow(asking.borrowing, (borrowed) => {
      let admission: Admission | null = internalError
      try {
        admission = asking.heard(borrowed)
      } catch (error) {
        onInternalError(error)
      }
      if (admission === null) ask()
      else answer(admission)
    })
  }
  ask()
}

/** What is asked of the books: for the first candidate, which mostly has room, then for some more at once. */
class Asking {
  /** A new one for each step: a shared state may keep it until it is known what became of it. */
  borrowing: Borrowing
  readonly #demand: Demand
  readonly #plan: Plan
  readonly #books: Books
  /** Place of the candidate that the first option is of, and the one behind the last. */
  #from = 0
  #to = 1
  /** Of the candidates before. */
  #denial: Denial | null = null

  constructor(demand: Demand, plan: Plan, id: string, books: Books) {
    const [first] = plan.candidates
    if (first === undefined) throw new Error('a plan has a candidate')
    const charges = demand.ofAsker(first.target)
    const ofTarget = demand.at(first.target)
    const options = ofTarget === null || ofTarget.length === 0 ? noOptions : [ofTarget]
    this.borrowing = { ticket: id, charges, options }
    this.#demand = demand
    this.#plan = plan
    this.#books = books
  }

  /** null: the next candidates are to be asked for. */
  heard(borrowed: Borrowed): Admission | null {
    if (borrowed.granted) return this.#admitted(borrowed)
    if ('unavailable' in borrowed) return outOfReach(borrowed.unavailable)
    const { noOption, readings } = borrowed
    const denial = noOption ? sooner(this.#denial, borrowed.denial) : borrowed.denial
    const { candidates } = this.#plan
    if (!noOption || this.#to >= candidates.length) return refusedBy(denial, readings)
    this.#denial = denial
    this.#from = this.#to
    this.#to += optionsAtOnce
    const options = optionsOf(this.#demand, candidates.slice(this.#from, this.#to))
    const { ticket, charges } = this.borrowing
    this.borrowing = { ticket, charges, options }
    return null
  }

  #admitted({ at, option, readings }: Borrowed & { granted: true }): Admitted {
    const { ticket: id, charges, options } = this.borrowing
    const [demand, plan, books] = [this.#demand, this.#plan, this.#books]
    const place = this.#from + Math.max(0, option)
    const candidate = plan.candidates[place] ?? plan.candidates[0]
    if (candidate === undefined) throw new Error('a plan has a candidate')
    report(books.reports, charges)
    const ofTarget = options[option]
    if (ofTarget !== undefined) report(books.reports, ofTarget)
    const ticket = new BorrowedTicket(
      demand,
      books,
      { ticket: id, charges, at },
      ofTarget === undefined ? noStake : { ticket: id, charges: ofTarget, at },
      ofTarget === undefined ? null : candidate.target.name,
      withBudgets(readings, demand.budgetsAt(candidate.target), books.state),
    )
    return { admitted: true, plan: place === 0 ? plan : startingAt(plan, place), ticket }
  }
}

/** Budgets are charged with an attempt, and are the caller's all the same. */
function withBudgets(
  readings: readonly Reading[],
  budgets: readonly Charge[],
  state: Pick<LimitState, 'look'>,
): readonly Reading[] {
  return budgets.length === 0 ? readings : [...readings, ...state.look(budgets)]
}

type Options = Borrowing['options']

const noOptions: Options = []

/** Where the first needs nothing but its caller's limits, neither do the others. */
function optionsOf(demand: Demand, candidates: readonly RankedCandidate[]): Options {
  const options = candidates.map(({ target }) => demand.at(target) ?? [])
  return options[0]?.length === 0 ? noOptions : options
}

function report(reports: LimitWitness, charges: readonly Charge[]): void {
  for (const { limit, amount } of charges) reports.admitted(limit.id, amount)
}

const internalError: Refusal = {
  admitted: false,
  failure: failure('internal', 'The gateway failed; its log says why.'),
  denial: null,
  readings: [],
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
