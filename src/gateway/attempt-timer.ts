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
  /** Moves on by the time the attempt is paused, as the client's slowness is not the provider's. */
  #startedMs: number
  #lastByteMs: number
  #phase: 'connecting' | 'waiting' | 'receiving' = 'connecting'
  #output = false
  #finished = false
  #pausedMs: number | null = null
  #stopped = false
  #armedForMs = Number.POSITIVE_INFINITY
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
    if (this.#phase !== 'connecting') return
    this.#phase = 'waiting'
    this.#armSooner()
  }

  /** Headers or body bytes came. `nowMs` is monotonic. */
  heard(nowMs: number): void {
    this.#lastByteMs = nowMs
    if (this.#phase === 'receiving') return
    this.#phase = 'receiving'
    this.#armSooner()
  }

  output(): void {
    if (this.#output) return
    this.#output = true
    this.#armSooner()
  }

  /** The reply has its finish reason. */
  finished(): void {
    if (this.#finished) return
    this.#finished = true
    this.#armSooner()
  }

  /** While the client does not read, silence is not the provider's fault. */
  pause(): void {
    if (this.#stopped || this.#pausedMs !== null) return
    this.#pausedMs = this.#clock.monotonicMs()
    this.#disarm()
  }

  resume(): void {
    if (this.#stopped || this.#pausedMs === null) return
    const nowMs = this.#clock.monotonicMs()
    this.#startedMs += nowMs - this.#pausedMs
    this.#lastByteMs = nowMs
    this.#pausedMs = null
    this.#arm()
  }

  stop(): void {
    this.#stopped = true
    this.#disarm()
  }

  #arm(): void {
    const { atMs } = this.#next()
    const delayMs = Math.max(1, atMs - this.#clock.monotonicMs())
    this.#armedForMs = atMs
    this.#cancel = this.#clock.after(delayMs, () => this.#check())
  }

  #disarm(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  /** The next phase may have the shorter limit; a longer one is found out when the timer fires. */
  #armSooner(): void {
    if (this.#stopped || this.#pausedMs !== null) return
    if (this.#next().atMs >= this.#armedForMs) return
    this.#disarm()
    this.#arm()
  }

  #check(): void {
    const { atMs, limitMs, what } = this.#next()
    if (this.#clock.monotonicMs() < atMs) {
      this.#arm()
      return
    }
    this.#cancel = null
    if (what === null) this.#finishedQuietly()
    else this.#expired(failure('timeout', `The provider ${what} within ${limitMs} ms.`))
  }

  /** The deadline that comes first. */
  #next(): Deadline {
    const { connectMs, firstTokenMs, idleMs, totalMs } = this.#timeouts
    if (this.#finished) return due(this.#lastByteMs, finishGraceMs, null)
    if (this.#phase === 'connecting') {
      return due(this.#startedMs, connectMs, 'did not accept a connection')
    }
    if (this.#streaming && !this.#output) {
      return due(this.#startedMs, firstTokenMs, 'sent no first token')
    }
    const idle = due(this.#lastByteMs, idleMs, fellSilent)
    if (this.#streaming) return idle
    const total = due(this.#startedMs, totalMs, 'did not answer completely')
    return this.#phase === 'receiving' && idle.atMs < total.atMs ? idle : total
  }
}

const fellSilent = 'fell silent in the middle of its reply and sent nothing'

interface Deadline {
  readonly atMs: number
  readonly limitMs: number
  /** What the provider has not done by then; null when it owes nothing. */
  readonly what: string | null
}

function due(sinceMs: number, limitMs: number, what: string | null): Deadline {
  return { atMs: sinceMs + limitMs, limitMs, what }
}
