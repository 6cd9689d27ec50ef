import type { Timeouts } from '../core/catalog.ts'
import { type Failure, failure } from '../core/failure.ts'
import type { Clock } from './ports.ts'

/** After a finish reason only usage and the formal end are due; providers send them at once or never. */
const finishGraceMs = 900

/**
 * The timers of one attempt: connect, first token, idle, total. Activity only notes the time; the one
 * timer underneath looks again when it fires, so a stream of thousands of events sets a handful.
 */
export class AttemptTimer {
  readonly #clock: Clock
  readonly #timeouts: Timeouts
  readonly #streaming: boolean
  readonly #expired: (failure: Failure) => void
  readonly #finishedQuietly: () => void
  readonly #startedMs: number
  #lastByteMs: number
  #phase: 'connecting' | 'waiting' | 'receiving' = 'connecting'
  #output = false
  #finished = false
  #paused = false
  #cancel: (() => void) | null = null

  constructor(options: {
    clock: Clock
    timeouts: Timeouts
    streaming: boolean
    expired: (failure: Failure) => void
    finishedQuietly: () => void
  }) {
    this.#clock = options.clock
    this.#timeouts = options.timeouts
    this.#streaming = options.streaming
    this.#expired = options.expired
    this.#finishedQuietly = options.finishedQuietly
    this.#startedMs = options.clock.monotonicMs()
    this.#lastByteMs = this.#startedMs
    this.#arm()
  }

  connected(): void {
    if (this.#phase === 'connecting') this.#phase = 'waiting'
  }

  /** Headers or body bytes came. `nowMs` is monotonic. */
  heard(nowMs: number): void {
    this.#lastByteMs = nowMs
    this.#phase = 'receiving'
  }

  output(): void {
    this.#output = true
  }

  /** The reply has its finish reason. */
  finished(): void {
    if (this.#finished) return
    this.#finished = true
    this.#rearm()
  }

  /** While the client does not read, silence is not the provider's fault. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#lastByteMs = this.#clock.monotonicMs()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #arm(): void {
    const delayMs = Math.max(1, this.#next().atMs - this.#clock.monotonicMs())
    this.#cancel = this.#clock.after(delayMs, () => this.#check())
  }

  #rearm(): void {
    this.stop()
    this.#arm()
  }

  #check(): void {
    const next = this.#next()
    if (this.#paused || this.#clock.monotonicMs() < next.atMs) {
      this.#arm()
      return
    }
    this.#cancel = null
    if (next.problem === null) this.#finishedQuietly()
    else this.#expired(failure('timeout', next.problem))
  }

  /** The deadline that comes first, and what to say when it passes. */
  #next(): { atMs: number; problem: string | null } {
    const { connectMs, firstTokenMs, idleMs, totalMs } = this.#timeouts
    if (this.#finished) return { atMs: this.#lastByteMs + finishGraceMs, problem: null }
    if (this.#phase === 'connecting') {
      return due(this.#startedMs, connectMs, 'did not accept a connection')
    }
    if (!this.#streaming) {
      const total = due(this.#startedMs, totalMs, 'did not answer completely')
      if (this.#phase !== 'receiving') return total
      const idle = due(
        this.#lastByteMs,
        idleMs,
        'fell silent in the middle of its reply and sent nothing',
      )
      return idle.atMs < total.atMs ? idle : total
    }
    if (!this.#output) return due(this.#startedMs, firstTokenMs, 'sent no first token')
    return due(this.#lastByteMs, idleMs, 'fell silent in the middle of its reply and sent nothing')
  }
}

function due(sinceMs: number, limitMs: number, what: string): { atMs: number; problem: string } {
  return { atMs: sinceMs + limitMs, problem: `The provider ${what} within ${limitMs} ms.` }
}
