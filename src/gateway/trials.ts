import type { Failure } from '../core/failure.ts'
import type { Attempt } from './attempt.ts'
import type { Clock } from './ports.ts'
import type { Ticket } from './ticket.ts'
import { attemptsOf, type Trial } from './trial.ts'

export interface TrialsInput {
  readonly ports: { readonly clock: Clock }
  readonly incoming: { readonly arrivedMonotonicMs: number }
  readonly ticket: Ticket
  readonly onInternalError: (error: unknown) => void
}

/** The trials of one execution, in the order they began, and their ends. */
export class Trials {
  readonly all: Trial[] = []
  readonly #input: TrialsInput

  constructor(input: TrialsInput) {
    this.#input = input
  }

  attempts(): Attempt[] {
    return attemptsOf(this.all)
  }

  /** The trial is over; the fleet learns of it at once, so that the next decision knows. */
  close(trial: Trial, problem: Failure | null): void {
    if (trial.endedMs !== null) return
    const { ports, incoming, onInternalError, ticket } = this.#input
    const { attempt, underway } = trial
    trial.endedMs = attempt?.endedMonotonicMs ?? ports.clock.monotonicMs()
    trial.failure = problem
    if (attempt === null || underway === null) return
    try {
      const record = attempt.record(incoming.arrivedMonotonicMs)
      ticket.ended(trial.stake, record)
      underway.ended(record, trial.endedMs)
    } catch (error) {
      ticket.ended(trial.stake, 'unknown')
      // What there is to learn from an attempt is worth less than the reply.
      onInternalError(error)
    }
  }

  cancelOthers(winner: Trial | null): void {
    for (const trial of this.all) {
      if (trial === winner || trial.endedMs !== null) continue
      trial.attempt?.cancel()
      this.close(trial, null)
    }
  }

  /** What broke the reply off, not what kept others from going on with it. */
  brokenBy(): Failure | null {
    return this.all.find(({ firstOutputMs }) => firstOutputMs !== null)?.failure ?? null
  }
}
