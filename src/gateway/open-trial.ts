import type { Failure } from '../core/failure.ts'
import { Attempt, type Writer } from './attempt.ts'
import type { ExecuteInput } from './execute.ts'
import type { OpenPipe } from './open-pipe.ts'
import type { Prepared } from './prepare-call.ts'
import { candidateOf, newTrial, type Trial } from './trial.ts'

/** What an execution hears of its trials. */
export interface TrialListener {
  shown(trial: Trial, attempt: Attempt, bytes: readonly Uint8Array[]): Writer
  answered(trial: Trial, tail: readonly Uint8Array[]): void
  failed(trial: Trial, problem: Failure): void
}

/** A request on its way to a target: the fleet counts it from here on. `attempt.start` sends it. */
export function openTrial(
  { ports, plan, read, context, knowledge, onInternalError }: ExecuteInput,
  index: number,
  prepared: Prepared,
  open: OpenPipe,
  listener: TrialListener,
): Trial & { readonly attempt: Attempt } {
  const { clock } = ports
  const { fleet } = knowledge
  const { request } = read
  const candidate = candidateOf(plan, index)
  const nowMs = clock.monotonicMs()
  const attempt = new Attempt(
    ports,
    candidate,
    prepared,
    request,
    context,
    {
      heard: (headers) => fleet.heard(candidate.target, headers, clock.monotonicMs()),
      output: (bytes) => listener.shown(trial, attempt, bytes),
      ended: (tail) => listener.answered(trial, tail),
      failed: (problem) => listener.failed(trial, problem),
      threw: onInternalError,
    },
    open,
  )
  const trial = { ...newTrial(index, nowMs, ports.random()), attempt }
  if (attempt.isEstimate) return trial
  const load = {
    inputTokens: request.inputTokensEstimate,
    outputTokens: candidate.outlook.outputTokens,
    whole: request.streaming === null,
  }
  trial.underway = fleet.sent(candidate.target, load, nowMs)
  trial.probe = trial.underway.probe === true
  return trial
}
