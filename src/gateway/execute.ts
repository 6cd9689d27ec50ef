import { continueWith, mayContinue } from '../core/execute/continue-with.ts'
import { noTarget, outOfTime } from '../core/execute/give-up.ts'
import { isRemedy, latestFailure } from '../core/execute/history.ts'
import { nextAction } from '../core/execute/next-action.ts'
import type { Situation } from '../core/execute/situation.ts'
import { type Failure, failure } from '../core/failure.ts'
import type { Excluded, RankedCandidate } from '../core/plan/plan.ts'
import type { ReplyContext } from '../dialects/dialect.ts'
import type { Attempt, Writer } from './attempt.ts'
import { brokenReply, prepareContinuation, stitchedTo } from './continuation.ts'
import type { Delivery } from './delivery.ts'
import { type Ending, finalOf } from './ending.ts'
import type { Incoming } from './exchange.ts'
import { type OpenPipe, openKeptPipe, openPipe } from './open-pipe.ts'
import { openTrial, type TrialListener } from './open-trial.ts'
import type { Ports } from './ports.ts'
import { type Prepared, prepareCall } from './prepare-call.ts'
import type { ReadRequest } from './read-request.ts'
import type { Member, Roster } from './roster.ts'
import { Spending, type SpendingInput } from './spending.ts'
import { noStake, type Stake, type Ticket } from './ticket.ts'
import { candidateOf, type Trial, unsentTrial } from './trial.ts'
import { Trials } from './trials.ts'

/** A running request that can be told to end: the drain time is over. */
export interface Stoppable extends Member {
  stopServing(): void
}

export interface ExecuteInput extends SpendingInput {
  readonly ports: Ports
  readonly incoming: Incoming
  readonly read: ReadRequest
  readonly context: ReplyContext
  /** Now. A look at the clock costs as much as many a step, and a request takes several of them at once. */
  readonly beganMs: number
  readonly delivery: Delivery
  /** What the request has borrowed from its limits; each attempt borrows its own part. */
  readonly ticket: Ticket
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

/** An attempt that is to be made, and what it is made for. */
interface Launch {
  readonly index: number
  readonly prepared: Prepared
  readonly open: OpenPipe
  readonly what: 'send' | 'hedge' | 'continue'
  /** What broke off the reply that it goes on with. */
  readonly after: Failure | null
  /** False where the limits of the target had no room. */
  sent: boolean
}

class Execution implements Stoppable, TrialListener {
  rosterPlace = -1
  readonly #input: ExecuteInput
  readonly #resolve: (ending: Ending) => void
  readonly #spending: Spending
  readonly #trials: Trials
  readonly #unfit: Excluded[] = []
  /** The one the client reads. */
  #winner: Trial | null = null
  #over = false
  /** Room is being asked for: nothing else is begun until the answer. */
  #asking: Launch | null = null
  #cancelWait: (() => void) | null = null
  #cancelDeadline: (() => void) | null = null

  constructor(input: ExecuteInput, resolve: (ending: Ending) => void) {
    this.#input = input
    this.#resolve = resolve
    this.#spending = new Spending(input, input.ports.clock)
    this.#trials = new Trials(input)
  }

  begin(): void {
    const { delivery, plan, ports, running, incoming, read, beganMs } = this.#input
    this.#spending.arrived(read.request.streaming !== null, beganMs)
    running.join(this)
    const { deadlineMs } = plan
    if (deadlineMs !== null) {
      const leftMs = Math.max(1, incoming.arrivedMonotonicMs + deadlineMs - beganMs)
      this.#cancelDeadline = ports.clock.after(leftMs, () => this.#deadlinePassed(deadlineMs))
    }
    delivery.onFlow((flowing) =>
      flowing ? this.#winner?.attempt?.resume() : this.#winner?.attempt?.pause(),
    )
    // Last: a client that has left already ends the request here.
    delivery.onGone(() => this.#clientGone())
    this.#step(beganMs)
  }

  /** A fault of our own ends this request alone: thrown from a timer it would end the process. */
  #broke(error: unknown): void {
    this.#input.onInternalError(error)
    this.#finish('failure', failure('internal', 'The gateway failed; its log says why.'))
  }

  #step(nowMs = this.#nowMs()): void {
    try {
      this.#next(nowMs)
    } catch (error) {
      this.#broke(error)
    }
  }

  #next(beganMs: number): void {
    for (let nowMs = beganMs; ; nowMs = this.#nowMs()) {
      this.#cancelWait?.()
      this.#cancelWait = null
      if (this.#over || this.#asking !== null) return
      const action = nextAction(this.#situation(nowMs))
      if (action.do === 'give-up') {
        const latest = latestFailure(this.#trials.all)?.failure
        this.#finish('failure', action.failure ?? latest ?? noTarget())
        return
      }
      if (action.do === 'wait') {
        if (action.untilMs === null) return
        const delayMs = Math.max(0, action.untilMs - nowMs)
        this.#cancelWait = this.#input.ports.clock.after(delayMs, () => this.#step())
        return
      }
      const sent = this.#ask(action.candidate, action.do)
      // Whoever runs reports by itself; only a hedge needs a look in between.
      if (sent && this.#input.plan.hedge == null) return
    }
  }

  #situation(nowMs: number): Situation {
    const { plan, incoming } = this.#input
    const arrivedMs = incoming.arrivedMonotonicMs
    const permits = this.#spending
    return { plan, attempts: this.#trials.all, arrivedMs, nowMs, permits }
  }

  /** False where the target cannot express the request; another may. */
  #ask(index: number, what: 'send' | 'hedge'): boolean {
    const { plan, incoming, read } = this.#input
    const candidate = candidateOf(plan, index)
    const prepared = prepareCall(candidate, incoming, read, this.#keyTurn(candidate))
    if (!prepared.ok) {
      this.#noteUnsent(index, prepared.failure)
      return false
    }
    const { streaming, endpoint } = read.request
    const kept = streaming !== null && endpoint.operation === 'chat' && mayContinue(plan)
    const open = kept ? openKeptPipe : openPipe
    return this.#withRoom({ index, prepared: prepared.value, open, what, after: null, sent: true })
  }

  /**
   * Sends when the limits of the target have room, which is known at once where that was borrowed with
   * admission, or nothing binds. False where it has none; where the answer comes late, what follows is
   * seen to then.
   */
  #withRoom(launch: Launch): boolean {
    if (launch.prepared.kind === 'estimate') {
      this.#send(launch, noStake)
      return true
    }
    const { ticket, plan } = this.#input
    let isLate = false
    this.#asking = launch
    ticket.stake(candidateOf(plan, launch.index), (stake) => this.#staked(launch, stake, isLate))
    isLate = true
    return launch.sent
  }

  #staked(launch: Launch, stake: Stake | Failure, isLate: boolean): void {
    const { ticket } = this.#input
    const isWanted = this.#asking === launch && !this.#over
    if (this.#asking === launch) this.#asking = null
    if (!isWanted) {
      if (!('class' in stake)) ticket.ended(stake, 'not sent')
      ticket.flush()
      return
    }
    launch.sent = !('class' in stake)
    try {
      if ('class' in stake) this.#noteUnsent(launch.index, stake)
      else this.#send(launch, stake)
      if (!isLate) return
      if (launch.after === null) this.#step()
      else if (!launch.sent) this.#brokeOff(launch.after)
    } catch (error) {
      this.#broke(error)
    }
  }

  #noteUnsent(index: number, problem: Failure): void {
    const { plan, ports } = this.#input
    this.#unfit.push({ target: candidateOf(plan, index).target.name, because: problem.message })
    this.#trials.all.push(unsentTrial(index, this.#nowMs(), ports.random(), problem))
  }

  #send(launch: Launch, stake: Stake): void {
    const { index, prepared, open, what } = launch
    if (what === 'hedge') this.#spending.drawHedge()
    else if (what === 'continue' || isRemedy(this.#trials.all)) this.#spending.drawRetry(index)
    const trial = openTrial(this.#input, index, prepared, stake, open, this)
    this.#trials.all.push(trial)
    trial.attempt.start(this.#input.ports)
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
  shown(trial: Trial, attempt: Attempt, bytes: readonly Uint8Array[]): Writer {
    const { delivery } = this.#input
    const nowMs = this.#nowMs()
    trial.firstOutputMs = nowMs
    trial.underway?.firstOutput(nowMs)
    this.#winner = trial
    // A hedge that still waits for its room comes too late.
    this.#asking = null
    this.#trials.cancelOthers(trial)
    // A long reply must not keep what the losers have left.
    this.#input.ticket.flush()
    if (!delivery.committed) return delivery.begin(attempt, this.#trials.attempts().length, bytes)
    delivery.write(bytes)
    return delivery
  }

  answered(trial: Trial, tail: readonly Uint8Array[]): void {
    if (this.#over) return
    this.#winner = trial
    this.#trials.close(trial, null)
    try {
      this.#trials.cancelOthers(trial)
    } catch (error) {
      this.#broke(error)
    }
    this.#finish('success', null, tail)
  }

  failed(trial: Trial, problem: Failure): void {
    this.#trials.close(trial, problem)
    if (this.#over) return
    if (!this.#input.delivery.committed) this.#step()
    else this.#brokeOff(problem)
    if (!this.#over) this.#input.ticket.flush()
  }

  threw(error: unknown): void {
    this.#input.onInternalError(error)
  }

  #brokeOff(problem: Failure): void {
    try {
      if (!this.#goesOn(problem)) this.#finish('failure', this.#trials.brokenBy() ?? problem)
    } catch (error) {
      this.#broke(error)
    }
  }

  /** The client has seen a part: another target may go on from there. */
  #goesOn(problem: Failure): boolean {
    const { plan, read, incoming } = this.#input
    const broken = brokenReply(this.#trials.all, read.request)
    if (broken === null) return false
    for (;;) {
      const action = continueWith(this.#situation(this.#nowMs()))
      if (action.do === 'give-up') return false
      const candidate = candidateOf(plan, action.candidate)
      const turn = this.#keyTurn(candidate)
      const prepared = prepareContinuation(candidate, incoming, read, broken, turn)
      if (!prepared.ok) {
        this.#noteUnsent(action.candidate, prepared.failure)
        continue
      }
      const goesOn = this.#withRoom({
        index: action.candidate,
        prepared: prepared.value,
        open: stitchedTo(broken),
        what: 'continue',
        after: problem,
        sent: true,
      })
      if (goesOn) return true
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
  #deadlinePassed(deadlineMs: number): void {
    const { delivery, read } = this.#input
    if (delivery.committed && read.request.streaming !== null) return
    this.#finish('failure', outOfTime(deadlineMs))
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
    this.#trials.cancelOthers(null)
    this.#input.running.leave(this)
    const attempts = this.#trials.attempts()
    const final = finalOf(attempts, this.#winner?.attempt ?? null, problem)
    this.#resolve({ outcome, attempts, final, failure: problem, tail, unfit: this.#unfit })
  }

  #nowMs(): number {
    return this.#input.ports.clock.monotonicMs()
  }
}
