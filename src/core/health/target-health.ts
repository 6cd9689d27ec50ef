import type { Provider, Target } from '../catalog.ts'
import type { Failure } from '../failure.ts'
import { type JsonObject, objectAt } from '../json.ts'
import { Breaker, type Pass } from './breaker.ts'
import type { HealthChange, OnHealthChange } from './change.ts'
import { Cooldown } from './cooldown.ts'
import type { Finished, Load, Underway } from './fleet.ts'
import { Flight } from './flight.ts'
import { Latency } from './latency.ts'
import { LearnedLimits } from './learned-limits.ts'
import { promptSize } from './prompt-sizes.ts'
import { savedNumber } from './saved-number.ts'
import type { HealthInForce } from './settings.ts'
import { Sketch } from './sketch.ts'
import { SuccessRate } from './success-rate.ts'
import { verdictOn } from './verdict.ts'
import type { Availability, BreakerState, Distribution, Vitals } from './vitals.ts'

const ready: Availability = Object.freeze({ state: 'ready' })
/** A distribution of fewer values says nothing of its tail. */
const leastForTail = 20
const outputGain = 0.05

/** All that is known about one target. */
export class TargetHealth implements Vitals {
  readonly target: string
  inFlight = 0
  outstandingTokens = 0
  lastUsedMs = Number.NEGATIVE_INFINITY
  /** Counts what changed what is known. */
  observations = 0
  readonly breakerState: Breaker
  readonly #cooldown: Cooldown
  readonly #limits = new LearnedLimits()
  readonly #success = new SuccessRate()
  readonly #latency = new Latency()
  readonly #inForce: HealthInForce
  readonly #onChange: OnHealthChange
  #firstTokens: Sketch | null = null
  #outputTokens = 0
  #outputs = 0
  #provider: Provider | null = null
  #sent = 0

  constructor(target: string, inForce: HealthInForce, onChange: OnHealthChange = () => {}) {
    this.target = target
    this.#inForce = inForce
    this.#onChange = onChange
    this.breakerState = new Breaker(inForce)
    this.#cooldown = new Cooldown(inForce)
  }

  breaker(nowMs: number): BreakerState {
    return this.breakerState.state(nowMs)
  }

  availability(nowMs: number): Availability {
    const cooling = this.#cooldown.availability(nowMs)
    if (cooling !== null) return cooling
    // An open breaker, or a probe under way, is more telling than a limit.
    const breaker = this.breakerState.availability(nowMs)
    if (breaker?.state === 'unavailable') return breaker
    return this.#limits.availability(nowMs) ?? breaker ?? ready
  }

  successRate(nowMs: number): number {
    return this.#success.rate(nowMs)
  }

  samples(nowMs: number): number {
    return this.#success.samples(nowMs)
  }

  firstTokenMs(inputTokens: number, nowMs: number): number | null {
    return this.#latency.firstTokenMs(promptSize(inputTokens), this.outstandingTokens, nowMs)
  }

  msPerOutputToken(nowMs: number): number | null {
    return this.#latency.msPerOutputToken(this.outstandingTokens, nowMs)
  }

  latencySpread(): number | null {
    return this.#latency.spread()
  }

  outputTokens(): number | null {
    return this.#outputs === 0 ? null : this.#outputTokens
  }

  firstTokens(): Distribution | null {
    const sketch = this.#firstTokens
    return sketch === null || sketch.count < leastForTail ? null : sketch.distribution()
  }

  headroom(nowMs: number): number | null {
    return this.#limits.headroom(nowMs)
  }

  slowShare(nowMs: number): number {
    return this.breakerState.slowShare(nowMs)
  }

  /** The target as the configuration in force has it. */
  use(target: Target): void {
    if (this.#provider !== null && this.#provider !== target.provider) this.#cooldown.keysChanged()
    this.#provider = target.provider
  }

  heard(headers: Readonly<Record<string, string>>, nowMs: number): void {
    this.#limits.heard(headers, nowMs)
  }

  send(load: Load, nowMs: number): Underway {
    const tokens = load.inputTokens + load.outputTokens
    const expectation = {
      size: promptSize(load.inputTokens),
      outputTokens: load.outputTokens,
      outstandingTokens: this.outstandingTokens,
      whole: load.whole ?? false,
    }
    const expectedMs = this.#latency.expectedMs(expectation)
    this.observations++
    const pass = this.breakerState.sent(nowMs)
    this.#success.sent(nowMs)
    const flight = new Flight(this, expectation, expectedMs, tokens, pass, ++this.#sent, nowMs)
    this.#latency.pending.add(flight)
    this.#limits.sent(tokens, nowMs)
    this.inFlight++
    this.outstandingTokens += tokens
    this.lastUsedMs = nowMs
    return flight
  }

  firstOutput(flight: Flight, nowMs: number): void {
    this.#latency.pending.remove(flight, true)
    const firstMs = nowMs - flight.sentMs
    this.#latency.firstOutput(flight.expectation, firstMs, nowMs)
    this.#firstTokens ??= new Sketch()
    this.#firstTokens.add(firstMs, nowMs)
    this.#alive(flight.pass, nowMs)
  }

  ended(flight: Flight, finished: Finished, nowMs: number): void {
    this.observations++
    this.inFlight--
    this.outstandingTokens = this.inFlight === 0 ? 0 : this.outstandingTokens - flight.tokens
    const elapsedMs = nowMs - flight.sentMs
    const silent = Number.isNaN(flight.firstMs)
    if (silent) this.#latency.pending.remove(flight, finished.result === 'success')
    if (finished.result === 'success') {
      this.#succeeded(flight, finished, elapsedMs, nowMs)
      return
    }
    const problem = finished.result === 'cancelled' ? null : finished.failure
    // What was cancelled, or timed out, before it showed anything would have taken longer still.
    if (silent && (problem === null || problem.class === 'timeout')) {
      this.#latency.gaveUp(flight.expectation, elapsedMs, nowMs)
      this.#firstTokens?.addAtLeast(elapsedMs, nowMs)
    }
    if (problem === null) this.breakerState.released(flight.pass)
    else this.#failed(flight, problem, nowMs)
  }

  /** A check of our own failed: it counts as an attempt that did. */
  checkFailed(problem: Failure, nowMs: number): void {
    if (verdictOn(problem) !== 'broken') return
    this.observations++
    this.#brokenBy(problem, this.breakerState.sent(nowMs), nowMs)
  }

  /** What another gateway saw. True where it changed something; it is not told to anyone again. */
  told({ to, because, forMs }: HealthChange, random: number, nowMs: number): boolean {
    const changed =
      to === 'open'
        ? this.breakerState.openedElsewhere(because, forMs, random, nowMs)
        : to === 'cooling'
          ? this.#cooldown.heldElsewhere(because, forMs, nowMs)
          : this.breakerState.closedElsewhere(nowMs)
    if (changed) this.observations++
    if (changed && to === 'closed') this.#success.forgiveFailures()
    return changed
  }

  snapshot(nowMs: number): JsonObject {
    return {
      breaker: this.breakerState.snapshot(nowMs),
      cooldown: this.#cooldown.snapshot(nowMs),
      limits: this.#limits.snapshot(nowMs),
      success: this.#success.snapshot(nowMs),
      latency: this.#latency.snapshot(nowMs),
      firstTokens: this.#firstTokens?.snapshot(nowMs) ?? null,
      outputTokens: { mean: this.#outputTokens, samples: this.#outputs },
      unusedMs: nowMs - this.lastUsedMs,
    }
  }

  restore(from: JsonObject, takenMs: number): void {
    this.breakerState.restore(from['breaker'], takenMs)
    this.#cooldown.restore(from['cooldown'], takenMs)
    this.#limits.restore(from['limits'], takenMs)
    this.#success.restore(from['success'], takenMs)
    this.#latency.restore(from['latency'], takenMs)
    if (objectAt(from, 'firstTokens') !== null) {
      this.#firstTokens = new Sketch()
      this.#firstTokens.restore(from['firstTokens'], takenMs)
    }
    this.#outputTokens = savedNumber(from['outputTokens'], 'mean') ?? 0
    this.#outputs = savedNumber(from['outputTokens'], 'samples') ?? 0
    this.lastUsedMs = takenMs - (savedNumber(from, 'unusedMs') ?? 0)
  }

  #alive(pass: Pass, nowMs: number): void {
    if (!this.breakerState.alive(pass, nowMs)) return
    this.#success.forgiveFailures()
    this.#tell('closed', 'it answers again', nowMs, nowMs)
  }

  #brokenBy(problem: Failure, pass: Pass, nowMs: number): void {
    const before = this.breaker(nowMs)
    this.breakerState.failed(pass, problem.class, nowMs)
    this.#tellIfOpened(before, nowMs)
  }

  #tellIfOpened(before: BreakerState, nowMs: number): void {
    if (before !== 'closed' || this.breaker(nowMs) === 'closed') return
    const availability = this.breakerState.availability(nowMs)
    if (availability?.state !== 'unavailable') return
    this.#tell('open', availability.because, availability.untilMs, nowMs)
  }

  /** A cooldown that goes on is no news. */
  #tellIfCooling(before: Availability | null, onlyHere: boolean, nowMs: number): void {
    const cooling = this.#cooldown.availability(nowMs)
    if (before !== null || cooling?.state !== 'unavailable') return
    this.#tell('cooling', cooling.because, cooling.untilMs, nowMs, onlyHere)
  }

  #tell(
    to: HealthChange['to'],
    because: string,
    untilMs: number,
    nowMs: number,
    onlyHere = false,
  ): void {
    this.#onChange({ target: this.target, to, because, forMs: untilMs - nowMs, onlyHere })
  }

  #succeeded(flight: Flight, { usage }: Finished, elapsedMs: number, nowMs: number): void {
    this.#alive(flight.pass, nowMs)
    const firstMs = Number.isNaN(flight.firstMs) ? elapsedMs : flight.firstMs
    const before = this.breaker(nowMs)
    this.breakerState.succeeded(firstMs > this.#inForce.settings.slow.afterMs, nowMs)
    this.#tellIfOpened(before, nowMs)
    this.#cooldown.succeeded(flight.sentMs)
    this.#limits.succeeded(nowMs)
    this.#success.add(false, nowMs)
    const { outputTokens } = usage
    if (outputTokens > 0) this.#learnOutput(outputTokens)
    if (!Number.isNaN(flight.firstMs)) {
      this.#latency.streamed(flight.firstMs, elapsedMs, outputTokens, nowMs)
    } else {
      this.#latency.cameWhole(elapsedMs, outputTokens, nowMs)
    }
  }

  #failed(flight: Flight, problem: Failure, nowMs: number): void {
    const verdict = verdictOn(problem)
    if (verdict === 'broken') {
      this.#brokenBy(problem, flight.pass, nowMs)
      this.#success.add(true, nowMs)
      return
    }
    this.breakerState.released(flight.pass)
    const before = this.#cooldown.availability(nowMs)
    const limited = verdict === 'limited'
    if (limited) {
      this.#limits.limited(flight.sentMs, nowMs)
      this.#cooldown.limited(problem, flight.sentMs, nowMs)
    } else if (verdict === 'rejected') {
      this.#cooldown.rejected(this.#provider?.apiKeys.length ?? 1, nowMs)
    } else if (verdict === 'absent' && this.#inForce.configured.has(this.target)) {
      this.#cooldown.absent(nowMs)
    }
    this.#tellIfCooling(before, !limited, nowMs)
  }

  #learnOutput(outputTokens: number): void {
    this.#outputs++
    const gain = Math.max(outputGain, 1 / this.#outputs)
    this.#outputTokens += gain * (outputTokens - this.#outputTokens)
  }
}
