import type { AttemptState } from '../core/execute/next-action.ts'
import { nextAction } from '../core/execute/next-action.ts'
import { type Failure, failure } from '../core/failure.ts'
import type { Excluded, Plan, RankedCandidate } from '../core/plan/plan.ts'
import type { ReplyContext } from '../dialects/dialect.ts'
import { Attempt, type UpstreamReply } from './attempt.ts'
import type { Delivery } from './delivery.ts'
import type { Incoming } from './exchange.ts'
import type { Ports } from './ports.ts'
import { prepareCall } from './prepare-call.ts'
import type { ReadRequest } from './read-request.ts'
import type { Member, Roster } from './roster.ts'
import type { Turns } from './turns.ts'

/** How a request came out. In every case the last bytes have not left yet: accounting comes first. */
export interface Ending {
  readonly outcome: 'success' | 'failure' | 'cancelled'
  readonly attempts: readonly Attempt[]
  /** The attempt that answered, or the last one made. */
  readonly final: Attempt | null
  readonly failure: Failure | null
  /** Targets that could not express the request, found out when their turn came. */
  readonly unfit: readonly Excluded[]
  /** Last bytes of a success. */
  readonly tail: readonly Uint8Array[]
}

/** The provider's own error, where the client gets it as it is: it speaks the same dialect. */
export function providersError({ final, failure: problem }: Ending): UpstreamReply | null {
  return final?.passesThrough === true && problem === final.failure ? final.upstreamReply : null
}

/** A running request that can be told to end: the drain time is over. */
export interface Stoppable extends Member {
  stopServing(): void
}

export interface ExecuteInput {
  readonly ports: Ports
  readonly plan: Plan
  readonly incoming: Incoming
  readonly read: ReadRequest
  readonly context: ReplyContext
  readonly delivery: Delivery
  /** For the rotation through a provider's keys. */
  readonly turns: Turns
  /** Where the request is listed while it runs. */
  readonly running: Roster<Stoppable>
  readonly onInternalError: (error: unknown) => void
}

/**
 * Walks the plan: does what `nextAction` says and writes down what happened. The list of attempts is
 * the only state. Bytes reach the client through `delivery` while this runs; it resolves when the
 * reply has come to its end, however it ends.
 */
export function execute(input: ExecuteInput): Promise<Ending> {
  return new Promise((resolve) => new Execution(input, resolve).begin())
}

class Execution implements Stoppable {
  rosterPlace = -1
  readonly #input: ExecuteInput
  readonly #resolve: (ending: Ending) => void
  readonly #attempts: Attempt[] = []
  readonly #failures: AttemptState[] = []
  readonly #unfit: Excluded[] = []
  #running: Attempt | null = null
  #over = false
  #cancelTimers: (() => void)[] = []

  constructor(input: ExecuteInput, resolve: (ending: Ending) => void) {
    this.#input = input
    this.#resolve = resolve
  }

  begin(): void {
    const { delivery, plan, ports, running } = this.#input
    delivery.onGone(() => this.#clientGone())
    delivery.onFlow((flowing) => (flowing ? this.#running?.resume() : this.#running?.pause()))
    running.join(this)
    if (plan.deadlineMs !== null) {
      const leftMs = Math.max(1, plan.deadlineMs - this.#elapsedMs())
      this.#cancelTimers.push(ports.clock.after(leftMs, () => this.#deadlinePassed()))
    }
    this.#step()
  }

  #step(): void {
    const { ports, plan } = this.#input
    const action = nextAction(plan, this.#failures, this.#elapsedMs(), ports.random())
    switch (action.do) {
      case 'send':
        this.#send(action.candidate)
        break
      case 'wait': {
        const delayMs = Math.max(0, action.untilMs - this.#elapsedMs())
        this.#cancelTimers.push(ports.clock.after(delayMs, () => this.#send(action.candidate)))
        break
      }
      case 'give-up':
        this.#finish('failure', this.#failures.at(-1)?.failure ?? noAttempt())
    }
  }

  /** A fault of our own ends this request alone: thrown from a timer it would end the process. */
  #send(candidateIndex: number): void {
    try {
      this.#sendTo(candidateIndex)
    } catch (error) {
      this.#input.onInternalError(error)
      this.#running?.cancel()
      this.#finish('failure', failure('internal', 'The gateway failed; its log says why.'))
    }
  }

  #sendTo(candidateIndex: number): void {
    if (this.#over) return
    const { ports, plan, incoming, read, context, delivery } = this.#input
    const candidate = plan.candidates[candidateIndex]
    if (candidate === undefined) throw new Error(`the plan has no candidate ${candidateIndex}`)
    const prepared = prepareCall(candidate, incoming, read, this.#keyTurn(candidate))
    if (!prepared.ok) {
      // This target cannot express the request; another may.
      this.#unfit.push({ target: candidate.target.name, because: prepared.failure.message })
      const reason = { ...prepared.failure, retry: 'other' as const }
      this.#failures.push({
        candidate: candidateIndex,
        endedMs: this.#elapsedMs(),
        failure: reason,
      })
      this.#step()
      return
    }
    const attempt = new Attempt(
      ports,
      candidate,
      candidateIndex,
      prepared.value,
      read.request,
      context,
      {
        output: (bytes) => delivery.begin(attempt, this.#attempts.length, bytes),
        ended: (tail) => this.#finish('success', null, tail),
        failed: (problem) => this.#failed(attempt, problem),
        threw: this.#input.onInternalError,
      },
    )
    this.#attempts.push(attempt)
    this.#running = attempt
    attempt.start(ports)
  }

  /**
   * A count for each provider, not for each request: with two targets taking turns and two keys, one of
   * the keys would otherwise never be used.
   */
  #keyTurn({ target: { provider } }: RankedCandidate): number {
    return provider.apiKeys.length < 2 ? 0 : this.#input.turns.next(`keys of ${provider.id}`)
  }

  #failed(attempt: Attempt, problem: Failure): void {
    if (this.#over) return
    this.#running = null
    this.#failures.push({
      candidate: attempt.candidateIndex,
      endedMs: this.#elapsedMs(),
      failure: problem,
    })
    if (this.#input.delivery.committed) this.#finish('failure', problem)
    else this.#step()
  }

  #clientGone(): void {
    this.#running?.cancel()
    this.#finish('cancelled', failure('cancelled', 'The client closed the connection.'))
  }

  stopServing(): void {
    this.#running?.cancel()
    this.#finish(
      'failure',
      failure('shutting_down', 'The gateway is stopping and its drain time is over.'),
    )
  }

  /** Bounds whole replies, and streams until their first output: one that talks is not cut. */
  #deadlinePassed(): void {
    const { delivery, read } = this.#input
    if (delivery.committed && read.request.streaming !== null) return
    this.#running?.cancel()
    const limitMs = this.#input.plan.deadlineMs
    this.#finish(
      'failure',
      failure('timeout', `No answer within the ${limitMs} ms the client allows.`),
    )
  }

  #finish(
    outcome: Ending['outcome'],
    problem: Failure | null,
    tail: readonly Uint8Array[] = [],
  ): void {
    if (this.#over) return
    this.#over = true
    for (const cancel of this.#cancelTimers) cancel()
    this.#input.running.leave(this)
    const attempts = this.#attempts
    const final = attempts.at(-1) ?? null
    this.#resolve({ outcome, attempts, final, failure: problem, tail, unfit: this.#unfit })
  }

  #elapsedMs(): number {
    return this.#input.ports.clock.monotonicMs() - this.#input.incoming.arrivedMonotonicMs
  }
}

function noAttempt(): Failure {
  return failure('no_target_available', 'No target could be tried.')
}
