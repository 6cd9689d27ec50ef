import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Timeouts } from '../../../src/core/catalog.ts'
import type { Failure } from '../../../src/core/failure.ts'
import { AttemptTimer } from '../../../src/gateway/attempt-timer.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const usual: Timeouts = { connectMs: 100, firstTokenMs: 1_000, idleMs: 300, totalMs: 5_000 }

function startTimer(streaming: boolean, timeouts: Partial<Timeouts> = {}) {
  const clock = virtualClock()
  const told: string[] = []
  const timed = {
    heardMonotonicMs: clock.monotonicMs(),
    expired: (failure: Failure) => {
      told.push(`${clock.monotonicMs()} ${failure.class}: ${failure.message}`)
    },
    finishedQuietly: () => {
      told.push(`${clock.monotonicMs()} quiet`)
    },
  }
  const limits = { ...usual, ...timeouts }
  const timer = new AttemptTimer(timed, clock, limits, streaming, clock.monotonicMs())
  const heard = () => {
    timed.heardMonotonicMs = clock.monotonicMs()
    timer.heard()
  }
  return { clock, timer, told, heard }
}

describe('until a connection stands', () => {
  it('counts connect', () => {
    const { clock, told } = startTimer(true)
    clock.advance(99)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['100 timeout: The provider did not accept a connection within 100 ms.'])
    expect(clock.waiting()).toBe(0)
  })
})

describe('a stream', () => {
  it('has until firstToken for its first output, counted from the start', () => {
    const { clock, timer, told, heard } = startTimer(true)
    clock.advance(50)
    timer.connected()
    clock.advance(500)
    heard()
    clock.advance(449)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['1000 timeout: The provider sent no first token within 1000 ms.'])
  })

  it('has until firstToken also where connect allows longer', () => {
    const { clock, timer, told } = startTimer(true, { connectMs: 9_000 })
    timer.connected()
    clock.advance(1_000)
    expect(told.length).toBe(1)
  })

  it('may be silent for idle after output, also where firstToken has more left', () => {
    const { clock, timer, told, heard } = startTimer(true, { firstTokenMs: 60_000 })
    timer.connected()
    clock.advance(200)
    heard()
    timer.output()
    clock.advance(299)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual([
      '500 timeout: The provider fell silent in the middle of its reply and sent nothing within 300 ms.',
    ])
  })

  it('is never cut while it talks, whatever total says', () => {
    const { clock, timer, told, heard } = startTimer(true, { totalMs: 1_000 })
    timer.connected()
    timer.output()
    for (let event = 0; event < 100; event++) {
      heard()
      clock.advance(299)
    }
    expect(told).toEqual([])
  })
})

describe('a whole reply', () => {
  it('may take total until its headers, however long idle is', () => {
    const { clock, timer, told } = startTimer(false)
    timer.connected()
    clock.advance(4_999)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['5000 timeout: The provider did not answer completely within 5000 ms.'])
  })

  it('may be silent for idle once it has begun', () => {
    const { clock, timer, told, heard } = startTimer(false)
    timer.connected()
    clock.advance(1_000)
    heard()
    clock.advance(300)
    expect(told[0]).toMatch(/^1300 timeout: The provider fell silent/)
  })

  it('must be complete within total, though it keeps coming', () => {
    const { clock, timer, told, heard } = startTimer(false)
    timer.connected()
    for (let piece = 0; piece < 30 && told.length === 0; piece++) {
      clock.advance(200)
      heard()
    }
    expect(told[0]).toMatch(/^5000 timeout: The provider did not answer completely/)
  })
})

describe('a finish reason', () => {
  it('leaves 0.9 s for usage and the formal end, then the reply counts as ended', () => {
    const { clock, timer, told, heard } = startTimer(true, { idleMs: 60_000 })
    timer.connected()
    heard()
    timer.output()
    clock.advance(100)
    heard()
    timer.finished()
    clock.advance(899)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['1000 quiet'])
  })

  it('does not hurry a provider that still talks', () => {
    const { clock, timer, told, heard } = startTimer(true)
    timer.connected()
    timer.output()
    timer.finished()
    for (let event = 0; event < 10; event++) {
      heard()
      clock.advance(800)
    }
    expect(told).toEqual([])
  })
})

describe('a pause for a slow client', () => {
  it('is not held against the provider', () => {
    const { clock, timer, told, heard } = startTimer(true)
    timer.connected()
    heard()
    timer.output()
    clock.advance(200)
    timer.pause()
    expect(clock.waiting()).toBe(0)
    clock.advance(1_000_000)
    timer.resume()
    clock.advance(299)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told.length).toBe(1)
  })

  it('does not count into total', () => {
    const { clock, timer, told, heard } = startTimer(false, { idleMs: 60_000 })
    timer.connected()
    heard()
    clock.advance(4_000)
    timer.pause()
    clock.advance(50_000)
    timer.resume()
    clock.advance(999)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told[0]).toMatch(/^55000 timeout: The provider did not answer completely/)
  })

  it('of a reply that is over sets no timer again', () => {
    const { clock, timer, told, heard } = startTimer(true)
    timer.pause()
    timer.stop()
    timer.resume()
    timer.connected()
    heard()
    timer.output()
    timer.finished()
    expect(clock.waiting()).toBe(0)
    clock.advance(1_000_000)
    expect(told).toEqual([])
  })
})

type Step = 'connected' | 'heard' | 'output' | 'finished' | 'pause' | 'resume' | number

/** The rules again, in the plainest form: the instant at which patience ends; none while paused. */
class Patience {
  readonly #timeouts: Timeouts
  readonly #streaming: boolean
  #startMs = 0
  #lastMs = 0
  #connected = false
  #receiving = false
  #output = false
  #finished = false
  #pausedMs: number | null = null

  constructor(timeouts: Timeouts, streaming: boolean) {
    this.#timeouts = timeouts
    this.#streaming = streaming
  }

  take(step: Exclude<Step, number>, nowMs: number): void {
    if (step === 'connected') this.#connected = true
    if (step === 'output') this.#output = true
    if (step === 'finished') this.#finished = true
    if (step === 'pause') this.#pausedMs ??= nowMs
    if (step === 'heard') {
      this.#connected = true
      this.#receiving = true
      this.#lastMs = nowMs
    }
    if (step === 'resume' && this.#pausedMs !== null) {
      this.#startMs += nowMs - this.#pausedMs
      this.#lastMs = nowMs
      this.#pausedMs = null
    }
  }

  endsMs(): number {
    const { connectMs, firstTokenMs, idleMs, totalMs } = this.#timeouts
    if (this.#pausedMs !== null) return Number.POSITIVE_INFINITY
    if (this.#finished) return this.#lastMs + 900
    if (!this.#connected) return this.#startMs + connectMs
    if (this.#streaming) {
      return this.#output ? this.#lastMs + idleMs : this.#startMs + firstTokenMs
    }
    const idle = this.#receiving ? this.#lastMs + idleMs : Number.POSITIVE_INFINITY
    return Math.min(idle, this.#startMs + totalMs)
  }
}

describe('any course of events', () => {
  const limit = fc.integer({ min: 1, max: 3_000 })
  const timeouts = fc.record({
    connectMs: limit,
    firstTokenMs: limit,
    idleMs: limit,
    totalMs: limit,
  })
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constantFrom<Step>('connected', 'heard', 'output', 'finished', 'pause', 'resume'),
    fc.integer({ min: 1, max: 1_500 }),
  )

  it('ends exactly when the limit in force is over, and leaves no timer', () => {
    const course = fc.array(step, { maxLength: 30 })
    fc.assert(
      fc.property(timeouts, fc.boolean(), course, (limits, streaming, steps) => {
        const { clock, timer, told, heard } = startTimer(streaming, limits)
        const patience = new Patience(limits, streaming)
        for (const one of [...steps, 'resume', 20_000] satisfies Step[]) {
          if (typeof one === 'number') {
            // A phase may begin when its limit is over already; it ends with the next tick then.
            const endsMs = Math.max(patience.endsMs(), clock.monotonicMs() + 1)
            clock.advance(one)
            const over = endsMs <= clock.monotonicMs()
            expect(told.map((text) => Number(text.split(' ')[0]))).toEqual(over ? [endsMs] : [])
            if (over) break
          } else {
            patience.take(one, clock.monotonicMs())
            if (one === 'heard') heard()
            else timer[one]()
          }
        }
        expect(told.length).toBe(1)
        expect(clock.waiting()).toBe(0)
      }),
      { numRuns: 2_000 },
    )
  })
})
