import { costNanoUsd } from '../../core/account/price.ts'
import type { AttemptRecord } from '../../core/account/record.ts'
import type { AttemptState } from '../../core/execute/situation.ts'
import { type Failure, failure } from '../../core/failure.ts'
import type { Finished, Underway } from '../../core/health/fleet.ts'
import type { RankedCandidate } from '../../core/plan/plan.ts'
import { noUsage, type Usage } from '../../core/reply.ts'
import { dice } from '../dice.ts'
import type { Scheduled } from '../event-queue.ts'
import type { Answer } from '../provider/answer.ts'
import type { Place } from '../provider/simulated-target.ts'
import type { Arrival } from '../traffic/arrival.ts'
import type { World } from './world.ts'

export interface AttemptInput {
  readonly world: World
  /** Place of the request in the traffic. */
  readonly request: number
  /** Of the attempts of this request, from 0. */
  readonly number: number
  readonly arrival: Arrival
  readonly candidate: RankedCandidate
  readonly candidateIndex: number
  /** The first token is there. */
  readonly shown: (attempt: AttemptRun) => void
  readonly ended: (attempt: AttemptRun) => void
  readonly failed: (attempt: AttemptRun) => void
}

/** One try at one simulated target. */
export class AttemptRun {
  state: AttemptState
  /** What the provider bills; null when the price is not known. */
  costNanoUsd: number | null = 0
  readonly candidate: RankedCandidate
  readonly #input: AttemptInput
  readonly #random: () => number
  readonly #underway: Underway
  #place: Place | null = null
  #next: Scheduled | null = null
  #msPerToken = 0
  #finished: Finished | null = null

  constructor(input: AttemptInput) {
    const { world, arrival, candidate } = input
    const { fleet } = world.decisions
    const nowMs = world.queue.nowMs()
    const { target, outlook } = candidate
    const simulated = world.target(target.name)
    this.#input = input
    this.candidate = candidate
    this.#random = dice(world.seed, input.request, simulated.index, input.number)
    const load = { inputTokens: arrival.inputTokens, outputTokens: outlook.outputTokens }
    this.#underway = fleet.sent(target, load, nowMs)
    this.state = {
      candidate: input.candidateIndex,
      startedMs: nowMs,
      firstOutputMs: null,
      endedMs: null,
      failure: null,
      sent: true,
      probe: this.#underway.probe ?? false,
      jitter: this.#random(),
    }
  }

  start(): void {
    const { world, arrival, candidate } = this.#input
    const lateMs = this.state.startedMs + candidate.timeouts.firstTokenMs
    this.#next = world.queue.at(lateMs, () => this.#fail(tooLate))
    this.#place = world.target(candidate.target.name).simulated.call({
      tokens: arrival.inputTokens + arrival.outputTokens,
      inputTokens: arrival.inputTokens,
      random: this.#random,
      answered: (answer) => this.#answered(answer, lateMs),
    })
  }

  /** Another attempt won. What this one has been sent is billed, as nothing says that it is not. */
  cancel(): void {
    if (this.state.endedMs !== null) return
    const usage = { ...noUsage, inputTokens: this.#input.arrival.inputTokens }
    this.#end({ result: 'cancelled', failure: null, usage })
  }

  /** As it stands in the waybill; null while it runs. Times are counted from the request's arrival. */
  record(arrivedMs: number): AttemptRecord | null {
    const { startedMs, firstOutputMs, endedMs } = this.state
    if (this.#finished === null || endedMs === null) return null
    const { target } = this.candidate
    const firstMs = firstOutputMs === null ? null : firstOutputMs - arrivedMs
    return {
      ...this.#finished,
      target: target.name,
      region: target.provider.region,
      startedMs: startedMs - arrivedMs,
      headMs: firstMs,
      firstOutputMs: firstMs,
      endedMs: endedMs - arrivedMs,
      upstreamStatus: this.#finished.failure?.upstreamStatus ?? null,
      usageEstimated: false,
    }
  }

  #answered(answer: Answer, lateMs: number): void {
    const { queue } = this.#input.world
    if (answer.kind === 'silence') return
    const inMs = answer.kind === 'reply' ? answer.firstTokenMs : answer.afterMs
    const atMs = queue.nowMs() + inMs
    if (atMs >= lateMs) return
    this.#next?.cancel()
    if (answer.kind === 'reply') {
      this.#msPerToken = answer.msPerToken
      this.#next = queue.at(atMs, () => this.#firstToken())
    } else {
      this.#next = queue.at(atMs, () => this.#fail(answer.failure))
    }
  }

  #firstToken(): void {
    const { world, arrival, shown } = this.#input
    const nowMs = world.queue.nowMs()
    this.state = { ...this.state, firstOutputMs: nowMs }
    this.#underway.firstOutput(nowMs)
    shown(this)
    const restMs = Math.max(0, arrival.outputTokens - 1) * this.#msPerToken
    this.#next = world.queue.at(nowMs + restMs, () => this.#lastToken())
  }

  #lastToken(): void {
    const { inputTokens, outputTokens } = this.#input.arrival
    const usage = { ...noUsage, inputTokens, outputTokens }
    this.#end({ result: 'success', failure: null, usage })
    this.#input.ended(this)
  }

  #fail(problem: Failure): void {
    this.#end({ result: 'failure', failure: problem, usage: noUsage })
    this.#input.failed(this)
  }

  #end({ result, failure: problem, usage }: Omit<Finished, 'costNanoUsd'>): void {
    const { world, candidate } = this.#input
    const nowMs = world.queue.nowMs()
    this.#next?.cancel()
    this.state = { ...this.state, endedMs: nowMs, failure: problem }
    this.costNanoUsd = billed(usage) ? costNanoUsd(usage, candidate.target.price) : 0
    this.#place?.leave()
    const finished: Finished = { result, failure: problem, usage, costNanoUsd: this.costNanoUsd }
    this.#finished = finished
    this.#underway.ended(finished, nowMs)
  }
}

const tooLate = failure('timeout', 'The simulated provider sent no first token in time.')

/** What fails before its first token is billed by nobody, a fee per request included. */
function billed(usage: Usage): boolean {
  return usage.inputTokens > 0 || usage.outputTokens > 0
}
