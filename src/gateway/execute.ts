import type { Alias, RetryBudgetSettings } from '../core/catalog.ts'
import { continueWith, mayContinue } from '../core/execute/continue-with.ts'
import { latestFailure } from '../core/execute/history.ts'
import { nextAction } from '../core/execute/next-action.ts'
import type { RetryBudget } from '../core/execute/retry-budget.ts'
import type { Permits, Situation } from '../core/execute/situation.ts'
import { type Failure, failure, type Outcome } from '../core/failure.ts'
import type { Vitals } from '../core/health/vitals.ts'
import type { Excluded, Plan, RankedCandidate } from '../core/plan/plan.ts'
import type { SoFar } from '../dialects/continuation/so-far.ts'
import type { ReplyContext } from '../dialects/dialect.ts'
import { Attempt, type UpstreamReply, type Writer } from './attempt.ts'
import { prepareContinuation, stitchedTo } from './continuation.ts'
import type { Delivery } from './delivery.ts'
import type { Incoming } from './exchange.ts'
import type { Knowledge } from './knowledge.ts'
import { type OpenPipe, openKeptPipe, openPipe } from './open-pipe.ts'
import type { Ports } from './ports.ts'
import { type Prepared, prepareCall } from './prepare-call.ts'
import type { ReadRequest } from './read-request.ts'
import type { Member, Roster } from './roster.ts'
import { newTrial, type Trial, unsentTrial } from './trial.ts'

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
  readonly knowledge: Knowledge
  readonly plan: Plan
  /** The alias the client asked for; null for a target it named itself. */
  readonly alias: Alias | null
  /** Of all traffic; absent: the defaults. */
  readonly retryBudget: RetryBudgetSettings | undefined
  readonly incoming: Incoming
  readonly read: ReadRequest
  readonly context: ReplyContext
  readonly delivery: Delivery
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

class Execution implements Stoppable, Permits {
  rosterPlace = -1
  readonly #input: ExecuteInput
  readonly #resolve: (ending: Ending) => void
  readonly #budget: RetryBudget
  readonly #trials: Trial[] = []
  readonly #unfit: Excluded[] = []
  /** The one the client reads. */
  #winner: Trial | null = null
  #over = false
  #cancelWait: (() => void) | null = null
  #cancelDeadline: (() => void) | null = null

  constructor(input: ExecuteInput, resolve: (ending: Ending) => void) {
    this.#input = input
    this.#resolve = resolve
    this.#budget = input.knowledge.retryBudgets.of(input.alias, input.retryBudget)
  }

  begin(): void {
    const { delivery, plan, ports, running, incoming, knowledge, alias, read } = this.#input
    const nowMs = ports.clock.monotonicMs()
    this.#budget.arrived(plan.candidates[0]?.outlook.costNanoUsd ?? null, nowMs)
    if (alias?.hedge != null && read.request.streaming !== null) {
      knowledge.hedging.arrived(alias.name, alias.hedge)
    }
    delivery.onGone(() => this.#clientGone())
    delivery.onFlow((flowing) =>
      flowing ? this.#winner?.attempt?.resume() : this.#winner?.attempt?.pause(),
    )
    running.join(this)
    if (plan.deadlineMs !== null) {
      const leftMs = Math.max(1, incoming.arrivedMonotonicMs + plan.deadlineMs - nowMs)
      this.#cancelDeadline = ports.clock.after(leftMs, () => this.#deadlinePassed())
    }
    this.#step()
  }

  vitals(candidate: number): Vitals {
    return this.#input.knowledge.fleet.vitals(this.#candidate(candidate).target)
  }

  retry(costNanoUsd: number | null): boolean {
    return this.#budget.allows(costNanoUsd, this.#nowMs(), this.#input.plan.panic)
  }

  hedge(): boolean {
    const { alias, knowledge } = this.#input
    return alias !== null && knowledge.hedging.allows(alias.name)
  }

  /** A fault of our own ends this request alone: thrown from a timer it would end the process. */
  #step(): void {
    try {
      this.#next()
    } catch (error) {
      this.#input.onInternalError(error)
      this.#finish('failure', failure('internal', 'The gateway failed; its log says why.'))
    }
  }

  #next(): void {
    for (;;) {
      this.#cancelWait?.()
      this.#cancelWait = null
      if (this.#over) return
      const { plan, ports } = this.#input
      const action = nextAction(this.#situation())
      if (action.do === 'give-up') {
        this.#giveUp(action.failure)
        return
      }
      if (action.do === 'wait') {
        if (action.untilMs === null) return
        const delayMs = Math.max(0, action.untilMs - this.#nowMs())
        this.#cancelWait = ports.clock.after(delayMs, () => this.#step())
        return
      }
      this.#withdraw(action.do, action.candidate)
      const sent = this.#ask(action.candidate)
      // Whoever runs reports by itself; only a hedge needs a look in between.
      if (sent && plan.hedge == null) return
    }
  }

  #situation(): Situation {
    const { plan, incoming } = this.#input
    const arrivedMs = incoming.arrivedMonotonicMs
    return { plan, attempts: this.#trials, arrivedMs, nowMs: this.#nowMs(), permits: this }
  }

  #withdraw(what: 'send' | 'hedge', candidate: number): void {
    const { alias, knowledge } = this.#input
    if (what === 'hedge') {
      if (alias !== null) knowledge.hedging.withdraw(alias.name)
    } else if (this.#trials.some(({ sent }) => sent)) {
      this.#budget.withdraw(this.#candidate(candidate).outlook.costNanoUsd, this.#nowMs())
    }
  }

  /** False where the target cannot express the request; another may. */
  #ask(index: number): boolean {
    const { plan, incoming, read } = this.#input
    const candidate = this.#candidate(index)
    const prepared = prepareCall(candidate, incoming, read, this.#keyTurn(candidate))
    if (!prepared.ok) {
      this.#noteUnsent(index, prepared.failure)
      return false
    }
    const keeps = read.request.streaming !== null && isChat(read) && mayContinue(plan)
    this.#start(index, prepared.value, keeps ? openKeptPipe : openPipe)
    return true
  }

  #noteUnsent(index: number, problem: Failure): void {
    this.#unfit.push({ target: this.#candidate(index).target.name, because: problem.message })
    this.#trials.push(unsentTrial(index, this.#nowMs(), this.#input.ports.random(), problem))
  }

  #start(index: number, prepared: Prepared, open: OpenPipe): void {
    const { ports, read, context, knowledge, onInternalError } = this.#input
    const candidate = this.#candidate(index)
    const nowMs = this.#nowMs()
    const trial = newTrial(index, nowMs, ports.random())
    const attempt = new Attempt(
      ports,
      candidate,
      prepared,
      read.request,
      context,
      {
        heard: (headers) => knowledge.fleet.heard(candidate.target, headers, this.#nowMs()),
        output: (bytes) => this.#shown(trial, attempt, bytes),
        ended: (tail) => this.#answered(trial, tail),
        failed: (problem) => this.#failed(trial, problem),
        threw: onInternalError,
      },
      open,
    )
    trial.attempt = attempt
    this.#trials.push(trial)
    if (!attempt.isEstimate) {
      trial.underway = knowledge.fleet.sent(
        candidate.target,
        {
          inputTokens: read.request.inputTokensEstimate,
          outputTokens: candidate.outlook.outputTokens,
          whole: read.request.streaming === null,
        },
        nowMs,
      )
      trial.probe = trial.underway.probe === true
    }
    attempt.start(ports)
  }

  #candidate(index: number): RankedCandidate {
    const candidate = this.#input.plan.candidates[index]
    if (candidate === undefined) throw new Error(`the plan has no candidate ${index}`)
    return candidate
  }

  /**
   * A count for each provider, not for each request: with two targets taking turns and two keys, one of
   * the keys would otherwise never be used.
   */
  #keyTurn({ target: { provider } }: RankedCandidate): number {
    const { turns } = this.#input.knowledge
    return provider.apiKeys.length < 2 ? 0 : turns.next(`keys of ${provider.id}`)
  }

  /** The client sees the first output: whoever else was asked has lost. */
  #shown(trial: Trial, attempt: Attempt, bytes: readonly Uint8Array[]): Writer {
    const { delivery } = this.#input
    const nowMs = this.#nowMs()
    trial.firstOutputMs = nowMs
    trial.underway?.firstOutput(nowMs)
    this.#winner = trial
    this.#cancelOthers(trial)
    if (!delivery.committed) return delivery.begin(attempt, this.#sentAttempts().length, bytes)
    delivery.write(bytes)
    return delivery
  }

  #answered(trial: Trial, tail: readonly Uint8Array[]): void {
    if (this.#over) return
    this.#winner = trial
    this.#close(trial, null)
    this.#cancelOthers(trial)
    this.#finish('success', null, tail)
  }

  #failed(trial: Trial, problem: Failure): void {
    this.#close(trial, problem)
    if (this.#over) return
    if (!this.#input.delivery.committed) this.#step()
    // A second one in a race was given up; the one that won goes on.
    else if (trial === this.#winner || this.#winner?.endedMs !== null) this.#brokeOff(problem)
  }

  /** The client has seen a part: another target may go on from there, or the reply ends in an error. */
  #brokeOff(problem: Failure): void {
    try {
      if (!this.#continued()) this.#finish('failure', this.#toShow(problem))
    } catch (error) {
      this.#input.onInternalError(error)
      this.#finish('failure', problem)
    }
  }

  #continued(): boolean {
    const { read, incoming } = this.#input
    const first = this.#trials.find(({ firstOutputMs }) => firstOutputMs !== null)
    const soFar = this.#soFar()
    if (soFar === null || first?.attempt == null || read.request.streaming === null) return false
    // Its sequence numbers cannot be gone on with by a stranger.
    const { passesThrough } = first.attempt
    if (read.request.endpoint.dialect === 'openai-responses' && passesThrough) return false
    for (;;) {
      const action = continueWith(this.#situation())
      if (action.do === 'give-up') return false
      const candidate = this.#candidate(action.candidate)
      this.#budget.withdraw(candidate.outlook.costNanoUsd, this.#nowMs())
      const keyTurn = this.#keyTurn(candidate)
      const prepared: Outcome<Prepared> = prepareContinuation(
        candidate,
        incoming,
        read,
        soFar,
        keyTurn,
      )
      if (prepared.ok) {
        this.#start(action.candidate, prepared.value, stitchedTo(soFar, passesThrough))
        return true
      }
      this.#noteUnsent(action.candidate, prepared.failure)
    }
  }

  /** All the client has seen: the newest continuation knows what came before it. */
  #soFar(): SoFar | null {
    for (const { attempt } of this.#trials.toReversed()) {
      const soFar = attempt?.soFar() ?? null
      if (soFar !== null) return soFar
    }
    return null
  }

  /** What broke the reply off, not what kept others from going on with it. */
  #toShow(problem: Failure): Failure {
    const cut = this.#trials.find(({ firstOutputMs }) => firstOutputMs !== null)
    return cut?.failure ?? problem
  }

  #giveUp(problem: Failure | null): void {
    this.#finish('failure', problem ?? latestFailure(this.#trials)?.failure ?? noAttempt())
  }

  /** The trial is over; the fleet learns of it at once, so that the next decision knows. */
  #close(trial: Trial, problem: Failure | null): void {
    if (trial.endedMs !== null) return
    trial.endedMs = this.#nowMs()
    trial.failure = problem
    const { attempt, underway } = trial
    if (attempt === null || underway === null) return
    const record = attempt.record(this.#input.incoming.arrivedMonotonicMs)
    underway.ended(record, trial.endedMs)
  }

  #cancelOthers(winner: Trial | null): void {
    for (const trial of this.#trials) {
      if (trial === winner || trial.endedMs !== null) continue
      trial.attempt?.cancel()
      this.#close(trial, null)
    }
  }

  #clientGone(): void {
    this.#finish('cancelled', failure('cancelled', 'The client closed the connection.'))
  }

  stopServing(): void {
    const message = 'The gateway is stopping and its drain time is over.'
    this.#finish('failure', failure('shutting_down', message))
  }

  /** Bounds whole replies, and streams until their first output: one that talks is not cut. */
  #deadlinePassed(): void {
    const { delivery, read, plan } = this.#input
    if (delivery.committed && read.request.streaming !== null) return
    const message = `No answer within the ${plan.deadlineMs} ms the client allows.`
    this.#finish('failure', failure('timeout', message))
  }

  #finish(
    outcome: Ending['outcome'],
    problem: Failure | null,
    tail: readonly Uint8Array[] = [],
  ): void {
    if (this.#over) return
    this.#over = true
    this.#cancelWait?.()
    this.#cancelDeadline?.()
    this.#cancelOthers(null)
    this.#input.running.leave(this)
    const attempts = this.#sentAttempts()
    const final = this.#finalOf(attempts, problem)
    this.#resolve({ outcome, attempts, final, failure: problem, tail, unfit: this.#unfit })
  }

  #finalOf(attempts: readonly Attempt[], problem: Failure | null): Attempt | null {
    if (problem === null) return this.#winner?.attempt ?? null
    return attempts.find((attempt) => attempt.failure === problem) ?? attempts.at(-1) ?? null
  }

  #sentAttempts(): Attempt[] {
    const attempts: Attempt[] = []
    for (const { attempt } of this.#trials) if (attempt !== null) attempts.push(attempt)
    return attempts
  }

  #nowMs(): number {
    return this.#input.ports.clock.monotonicMs()
  }
}

function isChat({ request }: ReadRequest): boolean {
  return request.endpoint.operation === 'chat'
}

function noAttempt(): Failure {
  return failure('no_target_available', 'No target could be tried.')
}
