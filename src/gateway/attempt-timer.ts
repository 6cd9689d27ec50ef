import type { Timeouts } from '../core/catalog.ts'
import { type Failure, failure } from '../core/failure.ts'
import type { Clock } from './ports.ts'

/** After a finish reason only usage and the formal end are due; providers send them at once or never. */
const finishGraceMs = 900

/** What is timed. */
export interface Timed {
  /** When the provider was heard last, or was asked. Monotonic. */
  readonly heardMonotonicMs: number
  expired(failure: Failure): void
  finishedQuietly(): void
}

/**
 * The timers of one attempt: connect, first token, idle, total. Activity only notes the time; the one
 * timer underneath looks again when it fires, so a stream of thousands of events sets a handful.
 */
export class AttemptTimer {
  readonly #clock: Clock
  readonly #timeouts: Timeouts
  readonly #streaming: boolean
  readonly #timed: Timed
  /** Moves on by the time the attempt is paused, as the client's slowness is not the provider's. */
  #startedMs: number
  /** While the client did not read, silence was not the provider's fault. */
  #resumedMs = Number.NEGATIVE_INFINITY
  #phase: 'connecting' | 'waiting' | 'receiving' = 'connecting'
  #output = false
  #finished = false
  #pausedMs: number | null = null
  #stopped = false
  #armedForMs = Number.POSITIVE_INFINITY
  #cancel: (() => void) | null = null

  /** `startedMs`: the time now, at which the provider is asked. */
  constructor(
    timed: Timed,
    clock: Clock,
    timeouts: Timeouts,
    streaming: boolean,
    startedMs: number,
  ) {
    this.#timed = timed
    this.#clock = clock
    this.#timeouts = timeouts
    this.#streaming = streaming
    this.#startedMs = startedMs
    this.#arm(startedMs)
  }

  connected(): void {
    if (this.#phase !== 'connecting') return
    this.#phase = 'waiting'
    this.#armSooner()
  }

  /** Headers or body bytes came for the first time. */
  heard(): void {
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
    this.#resumedMs = nowMs
    this.#pausedMs = null
    this.#arm(nowMs)
  }

  stop(): void {
    this.#stopped = true
    this.#disarm()
  }

  #arm(nowMs: number): void {
    const atMs = this.#dueMs()
    const delayMs = Math.max(1, atMs - nowMs)
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
    if (this.#dueMs() >= this.#armedForMs) return
    this.#disarm()
    this.#arm(this.#clock.monotonicMs())
  }

  #check(): void {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs < this.#dueMs()) {
      this.#arm(nowMs)
      return
    }
    this.#cancel = null
    const limit = this.#limit()
    if (limit === 'finish') this.#timed.finishedQuietly()
    else this.#timed.expired(late(limit, this.#timeouts))
  }

  #lastByteMs(): number {
    return Math.max(this.#timed.heardMonotonicMs, this.#resumedMs)
  }

  /** When the deadline that comes first is due. */
  #dueMs(): number {
    const { connectMs, firstTokenMs, idleMs, totalMs } = this.#timeouts
    switch (this.#limit()) {
      case 'finish':
        return this.#lastByteMs() + finishGraceMs
      case 'connect':
        return this.#startedMs + connectMs
      case 'firstToken':
        return this.#startedMs + firstTokenMs
      case 'idle':
        return this.#lastByteMs() + idleMs
      case 'total':
        return this.#startedMs + totalMs
    }
  }

  /** Which of the limits comes first now. */
  #limit(): Limit {
    if (this.#finished) return 'finish'
    if (this.#phase === 'connecting') return 'connect'
    if (this.#streaming) return this.#output ? 'idle' : 'firstToken'
    const { idleMs, totalMs } = this.#timeouts
    const silent = this.#lastByteMs() + idleMs < this.#startedMs + totalMs
    return this.#phase === 'receiving' && silent ? 'idle' : 'total'
  }
}

type Limit = 'connect' | 'firstToken' | 'idle' | 'total' | 'finish'

/** What the provider has not done in time. */
function late(limit: Exclude<Limit, 'finish'>, timeouts: Timeouts): Failure {
  const { connectMs, firstTokenMs, idleMs, totalMs } = timeouts
  switch (limit) {
    case 'connect':
      return timeout('did not accept a connection', connectMs)
    case 'firstToken':
      return timeout('sent no first token', firstTokenMs)
    case 'idle':
      return timeout('fell silent in the middle of its reply and sent nothing', idleMs)
    case 'total':
      return timeout('did not answer completely', totalMs)
  }
}

function timeout(what: string, limitMs: number): Failure {
  return failure('timeout', `The provider ${what} within ${limitMs} ms.`)
}
