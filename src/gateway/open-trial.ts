import type { Failure } from '../core/failure.ts'
import { Attempt, type AttemptSink, type Writer } from './attempt.ts'
import type { ExecuteInput } from './execute.ts'
import type { OpenPipe } from './open-pipe.ts'
import type { Prepared } from './prepare-call.ts'
import type { Stake } from './ticket.ts'
import { candidateOf, newTrial, type Trial } from './trial.ts'

/** What an execution hears of its trials. */
export interface TrialListener {
  shown(trial: Trial, attempt: Attempt, bytes: readonly Uint8Array[]): Writer
  answered(trial: Trial, tail: readonly Uint8Array[]): void
  failed(trial: Trial, problem: Failure): void
}

/** A request on its way to a target: the fleet counts it from here on. `attempt.start` sends it. */
export function openTrial(
  input: ExecuteInput,
  index: number,
  prepared: Prepared,
  stake: Stake,
  open: OpenPipe,
  listener: TrialListener,
): Trial & { readonly attempt: Attempt } {
  const { ports, plan, read, context, knowledge, onInternalError } = input
  const { request } = read
  const { fleet } = knowledge
  const candidate = candidateOf(plan, index)
  const { target } = candidate
  const sink: AttemptSink = {
    heard: (headers, nowMs) => fleet.heard(target, headers, nowMs),
    output: (bytes) => listener.shown(trial, attempt, bytes),
    ended: (tail) => listener.answered(trial, tail),
    failed: (problem) => listener.failed(trial, problem),
    threw: onInternalError,
  }
  const attempt = new Attempt(ports, candidate, prepared, request, context, sink, open)
  const nowMs = attempt.startedMonotonicMs
  const trial = newTrial(index, nowMs, ports.random(), attempt, stake)
  if (attempt.isEstimate) return trial
  const load = {
    inputTokens: request.inputTokensEstimate,
    outputTokens: candidate.outlook.outputTokens,
    whole: request.streaming === null,
  }
  trial.underway = fleet.sent(target, load, nowMs)
  trial.probe = trial.underway.probe === true
  return trial
}
