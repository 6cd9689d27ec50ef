import type { Target } from '../core/catalog.ts'
import type { Failure } from '../core/failure.ts'
import type { Fleet, Underway } from '../core/health/fleet.ts'
import { Attempt, type AttemptSink, type Writer } from './attempt.ts'
import type { ExecuteInput } from './execute.ts'
import type { OpenPipe } from './open-pipe.ts'
import type { Prepared } from './prepare-call.ts'
import type { Stake } from './ticket.ts'
import { candidateOf, type Trial } from './trial.ts'

/** What an execution hears of its trials. */
export interface TrialListener {
  shown(trial: Trial, attempt: Attempt, bytes: readonly Uint8Array[]): Writer
  answered(trial: Trial, tail: readonly Uint8Array[]): void
  failed(trial: Trial, problem: Failure): void
  threw(error: unknown): void
}

/** A trial whose attempt can be started. */
export interface OpenTrial extends Trial {
  readonly attempt: Attempt
}

/** A request on its way to a target: the fleet counts it from here on. `attempt.start` sends it. */
export function openTrial(
  input: ExecuteInput,
  index: number,
  prepared: Prepared,
  stake: Stake,
  open: OpenPipe,
  listener: TrialListener,
): OpenTrial {
  const { plan, read, knowledge } = input
  const trial = new AskingTrial(input, index, prepared, stake, open, listener)
  if (trial.attempt.isEstimate) return trial
  const { target, outlook } = candidateOf(plan, index)
  const { request } = read
  const load = {
    inputTokens: request.inputTokensEstimate,
    outputTokens: outlook.outputTokens,
    whole: request.streaming === null,
  }
  trial.underway = knowledge.fleet.sent(target, load, trial.startedMs)
  trial.probe = trial.underway.probe === true
  return trial
}

/** What its attempt tells, told on as that of this trial. */
class AskingTrial implements OpenTrial, AttemptSink {
  readonly candidate: number
  readonly startedMs: number
  firstOutputMs: number | null = null
  endedMs: number | null = null
  failure: Failure | null = null
  readonly sent = true
  probe = false
  readonly jitter: number
  readonly attempt: Attempt
  underway: Underway | null = null
  stake: Stake
  readonly #target: Target
  readonly #fleet: Fleet
  readonly #listener: TrialListener

  constructor(
    { ports, plan, read, context, knowledge }: ExecuteInput,
    index: number,
    prepared: Prepared,
    stake: Stake,
    open: OpenPipe,
    listener: TrialListener,
  ) {
    const candidate = candidateOf(plan, index)
    this.#target = candidate.target
    this.#fleet = knowledge.fleet
    this.#listener = listener
    this.candidate = index
    this.stake = stake
    this.attempt = new Attempt(ports, candidate, prepared, read.request, context, this, open)
    this.startedMs = this.attempt.startedMonotonicMs
    this.jitter = ports.random()
  }

  heard(headers: Readonly<Record<string, string>>, nowMs: number): void {
    this.#fleet.heard(this.#target, headers, nowMs)
  }

  output(bytes: readonly Uint8Array[]): Writer {
    return this.#listener.shown(this, this.attempt, bytes)
  }

  ended(tail: readonly Uint8Array[]): void {
    this.#listener.answered(this, tail)
  }

  failed(problem: Failure): void {
    this.#listener.failed(this, problem)
  }

  threw(error: unknown): void {
    this.#listener.threw(error)
  }
}
