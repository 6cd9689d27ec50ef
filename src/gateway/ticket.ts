import type { AttemptRecord, WaybillRecord } from '../core/account/record.ts'
import type { Failure } from '../core/failure.ts'
import { amountOf } from '../core/limits/amount-of.ts'
import { isEstimated } from '../core/limits/charges-of.ts'
import { attemptFailure, outOfReachFailure } from '../core/limits/denial-failure.ts'
import type { Charge, Reading } from '../core/limits/limit.ts'
import type { RankedCandidate } from '../core/plan/plan.ts'
import { noUsage } from '../core/reply.ts'
import type { Demand } from './demand.ts'
import type { Correction, LimitState } from './limit-state.ts'
import type { LimitWitness } from './limiting.ts'
import { reportViolation } from './report-violation.ts'
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
   * Room for an attempt; a failure where there is none. Calls back at once where it was borrowed with
   * admission, or nothing binds.
   */
  stake(candidate: RankedCandidate, answer: (stake: Stake | Failure) => void): void
  /** An attempt has ended, or was never sent: what it did not use can be given back. */
  ended(stake: Stake, spent: Spent): void
  /** Gives back now what ended attempts have left: the request goes on. */
  flush(): void
  /** The request has ended; null: nothing was sent. Only the first call counts. */
  settle(result: Result | null): void
}

/** What an attempt used; `unknown`: it was sent, and all that is known is what was expected of it. */
export type Spent = Pick<AttemptRecord, 'usage' | 'costNanoUsd'> | 'not sent' | 'unknown'

/** What a request is settled with. */
export type Result = Pick<WaybillRecord, 'outcome' | 'usage' | 'attempts'>

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
  readonly reports: LimitWitness
  readonly room: Pick<WaitingRoom, 'settled'>
  readonly tickets: { open: number }
}

export class BorrowedTicket implements Ticket {
  readonly readings: readonly Reading[]
  readonly #demand: Demand
  readonly #books: Books
  readonly #ofCaller: Stake
  /** Borrowed with admission, for the first attempt at this target. */
  readonly #first: Stake
  /** null: there was nothing to borrow for an attempt, or it was asked for. */
  #firstTarget: string | null
  /** Not ended yet: whatever goes wrong, settling finds them. */
  readonly #open: Stake[]
  #stakes = 1
  #due: Correction[] = []
  #settled = false

  constructor(
    demand: Demand,
    books: Books,
    ofCaller: Stake,
    first: Stake,
    firstTarget: string | null,
    readings: readonly Reading[],
  ) {
    this.#demand = demand
    this.#books = books
    this.#ofCaller = ofCaller
    this.#first = first
    this.#firstTarget = firstTarget
    // Not pushed: an array that grows takes room for many more.
    this.#open = firstTarget === null ? [] : [first]
    this.readings = readings
    books.tickets.open++
    demand.begun()
  }

  stake({ target }: RankedCandidate, answer: (stake: Stake | Failure) => void): void {
    const firstTarget = this.#firstTarget
    this.#firstTarget = null
    if (firstTarget === target.name) {
      answer(this.#first)
      return
    }
    // It turned out that it cannot be asked: another may need the room.
    if (firstTarget !== null) this.ended(this.#first, 'not sent')
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
      } else if ('denial' in borrowed) {
        const { denial } = borrowed
        reportViolation(reports, denial, this.#demand.asker, this.#ofCaller.ticket)
        answer(attemptFailure(denial))
      } else answer(outOfReachFailure(borrowed.unavailable))
    })
  }

  ended(stake: Stake, spent: Spent): void {
    const place = this.#open.indexOf(stake)
    if (place < 0) return
    const last = this.#open.pop()
    if (last !== undefined && last !== stake) this.#open[place] = last
    this.#correct(stake, spent)
  }

  flush(): void {
    if (this.#due.length === 0) return
    const due = this.#due
    this.#due = []
    this.#books.state.settle(due)
    this.#books.room.settled(due)
  }

  settle(result: Result | null): void {
    if (this.#settled) return
    this.#settled = true
    this.#books.tickets.open--
    // Counted by ourselves it teaches too: what a provider never reports would be a riddle for ever.
    this.#demand.ended(result?.outcome === 'success' ? result.usage : null)
    for (let open = this.#open.at(-1); open !== undefined; open = this.#open.at(-1)) {
      this.ended(open, 'not sent')
    }
    this.#correct(this.#ofCaller, result === null ? 'not sent' : usedByAll(result.attempts))
    this.flush()
  }

  #correct({ ticket, charges, at }: Stake, spent: Spent): void {
    for (const charge of charges) {
      const { limit, amount } = charge
      // Counted when it was admitted, and one whatever became of it.
      if (!isEstimated(limit.metric) && spent !== 'not sent') continue
      const actual = actualOf(charge, spent)
      this.#due.push({ ticket, charge, actual, at })
      if (actual !== amount && limit.metric !== 'concurrent') {
        this.#books.reports.corrected(limit.id, actual - amount)
      }
    }
  }
}

/** Every attempt is billed, and so it counts: what failed, what lost a race, each part of a reply. */
function usedByAll(attempts: Result['attempts']): Spent {
  const [only] = attempts
  if (attempts.length === 1 && only !== undefined) return only
  let inputTokens = 0
  let outputTokens = 0
  for (const { usage } of attempts) {
    inputTokens += usage.inputTokens
    outputTokens += usage.outputTokens
  }
  return { usage: { ...noUsage, inputTokens, outputTokens }, costNanoUsd: null }
}

/** What nobody can price was not free: it stays what it was estimated at. */
function actualOf({ limit: { metric }, amount }: Charge, spent: Spent): number {
  if (metric === 'concurrent' || spent === 'not sent') return 0
  if (spent === 'unknown') return amount
  const { usage, costNanoUsd } = spent
  const { inputTokens, outputTokens } = usage
  return amountOf(metric, { inputTokens, outputTokens, costNanoUsd }) ?? amount
}
