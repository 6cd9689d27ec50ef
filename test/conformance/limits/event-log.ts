import type { Limit } from '../../../src/core/limits/limit.ts'

interface Event {
  readonly atMs: number
  amount: number
}

/** Everything that was ever admitted by one sliding limit, and what follows from its definition. */
export class EventLog {
  readonly capacity: number
  readonly #lengthMs: number
  readonly #perMs: number
  readonly #events: Event[] = []
  #owed = 0
  #owedAtMs = 0

  constructor({ amount, burst, window }: Limit) {
    if (window.kind !== 'sliding') throw new Error('a log is kept of sliding windows')
    this.capacity = amount + burst
    this.#lengthMs = window.lengthMs
    this.#perMs = amount / window.lengthMs
  }

  admitted(atMs: number, amount: number): Event {
    const event = { atMs, amount }
    this.#events.push(event)
    this.#owed = this.owed(atMs) + amount
    this.#owedAtMs = atMs
    return event
  }

  settled(event: Event, actual: number, nowMs: number): void {
    if (nowMs - event.atMs < this.#lengthMs) {
      this.#owed = Math.max(0, this.owed(nowMs) + actual - event.amount)
      this.#owedAtMs = nowMs
    }
    event.amount = actual
  }

  /** What counts of the last stretch of so many windows. */
  within(nowMs: number, windows = 1): number {
    const since = nowMs - this.#lengthMs * windows
    return sum(this.#events.filter(({ atMs }) => atMs > since))
  }

  /** What a bucket of this capacity, refilled at amount per window, would still be owed. */
  owed(nowMs: number): number {
    return Math.max(0, this.#owed - (nowMs - this.#owedAtMs) * this.#perMs)
  }

  get total(): number {
    return sum(this.#events)
  }
}

function sum(events: readonly Event[]): number {
  return events.reduce((total, { amount }) => total + amount, 0)
}
