import type { AttemptRecord } from '../../core/account/record.ts'
import { isRemedy, latestFailure } from '../../core/execute/history.ts'
import { nextAction } from '../../core/execute/next-action.ts'
import { type Failure, failure } from '../../core/failure.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { Request } from '../../core/request.ts'
import { candidateOf } from '../../gateway/trial.ts'
import type { Scheduled } from '../event-queue.ts'
import type { Arrival } from '../traffic/arrival.ts'
import { AttemptRun } from './attempt-run.ts'
import type { Outcome } from './outcome.ts'
import type { World } from './world.ts'

/** One request: planned, then carried through its plan. `index` is its place in the traffic. */
export function runRequest(world: World, index: number, arrival: Arrival): void {
  const nowMs = world.queue.nowMs()
  const { request, plan } = world.decisions.plan(arrival, index, nowMs)
  if ('class' in plan) world.finished(refused(index, nowMs, plan))
  else new RequestRun(world, index, arrival, request, plan).step()
}

/**
 * As the gateway's own loop does it: asks `nextAction`, does what it says, and asks again when
 * something happened. The attempts are the only state.
 */
class RequestRun {
  readonly #world: World
  readonly #index: number
  readonly #arrival: Arrival
  readonly #request: Request
  readonly #plan: Plan
  readonly #arrivedMs: number
  readonly #attempts: AttemptRun[] = []
  #hedges = 0
  #timer: Scheduled | null = null
  #over = false

  constructor(world: World, index: number, arrival: Arrival, request: Request, plan: Plan) {
    this.#world = world
    this.#index = index
    this.#arrival = arrival
    this.#request = request
    this.#plan = plan
    this.#arrivedMs = world.queue.nowMs()
  }

  step(): void {
    if (this.#over) return
    this.#timer?.cancel()
    this.#timer = null
    const { queue, decisions } = this.#world
    const nowMs = queue.nowMs()
    const action = nextAction({
      plan: this.#plan,
      attempts: this.#attempts.map((attempt) => attempt.state),
      arrivedMs: this.#arrivedMs,
      nowMs,
      permits: decisions.permits(this.#plan, nowMs),
    })
    switch (action.do) {
      case 'send':
      case 'hedge':
        this.#send(action.candidate, action.do === 'hedge')
        this.step()
        break
      case 'wait':
        if (action.untilMs !== null) this.#timer = queue.at(action.untilMs, () => this.step())
        break
      case 'give-up':
        this.#finish(null, action.failure ?? this.#lastFailure())
    }
  }

  #send(index: number, hedge: boolean): void {
    const { decisions, queue } = this.#world
    const candidate = candidateOf(this.#plan, index)
    if (hedge) {
      this.#hedges++
      decisions.hedged()
    } else if (isRemedy(this.#attempts.map(({ state }) => state))) {
      decisions.retried(candidate.outlook.costNanoUsd, queue.nowMs())
    }
    const attempt = new AttemptRun({
      world: this.#world,
      request: this.#index,
      number: this.#attempts.length,
      arrival: this.#arrival,
      candidate,
      candidateIndex: index,
      shown: (winner) => this.#shown(winner),
      ended: (winner) => this.#finish(winner, null),
      failed: () => this.step(),
    })
    this.#attempts.push(attempt)
    attempt.start()
  }

  /** The client sees the first token: whoever else was asked has lost. */
  #shown(winner: AttemptRun): void {
    this.#timer?.cancel()
    for (const attempt of this.#attempts) if (attempt !== winner) attempt.cancel()
  }

  #lastFailure(): Failure {
    const last = latestFailure(this.#attempts.map(({ state }) => state))
    return last?.failure ?? failure('no_target_available', 'No target could be tried.')
  }

  #finish(winner: AttemptRun | null, problem: Failure | null): void {
    if (this.#over) return
    this.#over = true
    this.#timer?.cancel()
    const firstOutputMs = winner?.state.firstOutputMs ?? null
    const costs = this.#attempts.map((attempt) => attempt.costNanoUsd)
    const outcome: Outcome = {
      index: this.#index,
      arrivedMs: this.#arrivedMs,
      failure: problem?.class ?? null,
      firstTarget: this.#attempts[0]?.candidate.target.name ?? null,
      target: winner?.candidate.target.name ?? null,
      firstTokenMs: firstOutputMs === null ? null : firstOutputMs - this.#arrivedMs,
      totalMs: this.#world.queue.nowMs() - this.#arrivedMs,
      costNanoUsd: costs.reduce<number | null>(
        (sum, cost) => (sum === null || cost === null ? null : sum + cost),
        0,
      ),
      attempts: this.#attempts.length,
      hedges: this.#hedges,
      panic: this.#plan.panic,
    }
    this.#world.finished(outcome)
    const { decisions, queue } = this.#world
    const ended = { request: this.#request, plan: this.#plan, outcome }
    decisions.finished(ended, () => this.#records(), queue.nowMs())
  }

  #records(): AttemptRecord[] {
    return this.#attempts.flatMap((attempt) => attempt.record(this.#arrivedMs) ?? [])
  }
}

/** Nobody could even be planned for. */
function refused(index: number, arrivedMs: number, problem: Failure): Outcome {
  return {
    index,
    arrivedMs,
    failure: problem.class,
    firstTarget: null,
    target: null,
    firstTokenMs: null,
    totalMs: 0,
    costNanoUsd: 0,
    attempts: 0,
    hedges: 0,
    panic: false,
  }
}
