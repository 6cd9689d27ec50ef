import type { AttemptRecord, WaybillRecord } from '../core/account/record.ts'
import type { Failure } from '../core/failure.ts'
import type { Amounts } from '../core/limits/bindings.ts'
import { amountOf, isEstimated } from '../core/limits/charges-of.ts'
import { attemptFailure, outOfReachFailure } from '../core/limits/denial-failure.ts'
import type { Charge, Reading } from '../core/limits/limit.ts'
import type { RankedCandidate } from '../core/plan/plan.ts'
import { noUsage, type Usage } from '../core/reply.ts'
import type { LimitReports } from './book-store.ts'
import type { Demand } from './demand.ts'
import type { Correction, LimitState } from './limit-state.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** What was borrowed at one time. */
export interface Stake {
  readonly ticket: string
  readonly charges: readonly Charge[]
  /** In the time of the state. */
  readonly at: number
}

export const noStake: Stake = { ticket: '', charges: [], at: 0 }

/** What a request has borrowed from its limits; settled with the truth, however it ends. */
export interface Ticket {
  /** How the caller's books stood when it was admitted. */
  readonly readings: readonly Reading[]
  /**
   * Room for an attempt. Calls back at once where the books are in this process; a failure where there is
   * none.
   */
  stake(candidate: RankedCandidate, answer: (stake: Stake | Failure) => void): void
  /** An attempt has ended, or was never sent (null): what it did not use can be given back. */
  ended(stake: Stake, record: AttemptRecord | null): void
  /** Gives back now what ended attempts have left: the request goes on. */
  flush(): void
  /** The request has ended. Once. */
  settle(result: Result): void
}

/** What is settled with. */
export type Result = Pick<WaybillRecord, 'outcome' | 'usage' | 'costNanoUsd'>

/** Of a request that was never sent. */
export const nothingDone: Result = {
  outcome: 'failure',
  usage: noUsage,
  costNanoUsd: 0,
}

/** Of a request that no limit binds. */
export const freeTicket: Ticket = {
  readings: [],
  stake: (_, answer) => answer(noStake),
  ended() {},
  flush() {},
  settle() {},
}

/** The books and who is told of changes in them. */
export interface Books {
  readonly state: LimitState
  readonly reports: LimitReports
  readonly room: Pick<WaitingRoom, 'settled'>
  readonly tickets: { open: number }
}

export class BorrowedTicket implements Ticket {
  readonly readings: readonly Reading[]
  readonly #demand: Demand
  readonly #books: Books
  readonly #ofCaller: Stake
  /** Borrowed with admission, for the first attempt at this target. */
  #first: { readonly target: string; readonly stake: Stake } | null
  /** Not ended yet: whatever goes wrong, settling finds them. */
  readonly #open: Stake[] = []
  #stakes = 1
  #due: Correction[] = []

  constructor(
    demand: Demand,
    books: Books,
    ofCaller: Stake,
    first: { readonly target: string; readonly stake: Stake } | null,
    readings: readonly Reading[],
  ) {
    this.#demand = demand
    this.#books = books
    this.#ofCaller = ofCaller
    this.#first = first
    if (first !== null) this.#open.push(first.stake)
    this.readings = readings
    books.tickets.open++
    demand.begun()
  }

  stake({ target }: RankedCandidate, answer: (stake: Stake | Failure) => void): void {
    const first = this.#first
    if (first?.target === target.name) {
      this.#first = null
      answer(first.stake)
      return
    }
    const charges = this.#demand.at(target)
    if (charges === null || charges.length === 0) {
      // A plan holds no target without a price where a limit on cost binds.
      answer(noStake)
      return
    }
    // Before: what an attempt that failed has left may be what this one needs.
    this.flush()
    const { state, reports } = this.#books
    const ticket = `${this.#ofCaller.ticket}/${++this.#stakes}`
    state.borrow({ ticket, charges, options: [] }, (borrowed) => {
      if (borrowed.granted) {
        for (const { limit, amount } of charges) reports.admitted(limit.id, amount)
        const stake = { ticket, charges, at: borrowed.at }
        this.#open.push(stake)
        answer(stake)
      } else if ('denial' in borrowed) answer(attemptFailure(borrowed.denial))
      else answer(outOfReachFailure(borrowed.unavailable))
    })
  }

  ended(stake: Stake, record: AttemptRecord | null): void {
    const place = this.#open.indexOf(stake)
    if (place < 0) return
    this.#open.splice(place, 1)
    this.#correct(stake, record === null ? null : usedBy(record.usage, record.costNanoUsd))
  }

  flush(): void {
    if (this.#due.length === 0) return
    const due = this.#due
    this.#due = []
    this.#books.state.settle(due)
    this.#books.room.settled(due)
  }

  settle({ outcome, usage, costNanoUsd }: Result): void {
    this.#books.tickets.open--
    // Counted by ourselves it teaches too: what a provider never reports would be a riddle for ever.
    this.#demand.ended(outcome === 'success' ? usage : null)
    for (const stake of [...this.#open]) this.ended(stake, null)
    this.#correct(this.#ofCaller, usedBy(usage, costNanoUsd))
    this.flush()
  }

  /** `used` is null where nobody was asked: then not even a request is counted. */
  #correct({ ticket, charges, at }: Stake, used: Amounts | null): void {
    for (const charge of charges) {
      const { limit, amount } = charge
      // Counted when it was admitted, and one whatever became of it.
      if (!isEstimated(limit.metric) && used !== null) continue
      const actual = actualOf(charge, used)
      this.#due.push({ ticket, charge, actual, at })
      if (actual !== amount && limit.metric !== 'concurrent') {
        this.#books.reports.corrected(limit.id, actual - amount)
      }
    }
  }
}

function usedBy({ inputTokens, outputTokens }: Usage, costNanoUsd: number | null): Amounts {
  return { inputTokens, outputTokens, costNanoUsd }
}

/** What nobody can price was not free: it stays what it was estimated at. */
function actualOf({ limit: { metric }, amount }: Charge, used: Amounts | null): number {
  if (metric === 'concurrent' || used === null) return 0
  return amountOf(metric, used) ?? amount
}
