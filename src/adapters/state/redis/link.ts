import type { Clock } from '../../../gateway/ports.ts'
import type { RedisAddress } from './address.ts'
import { connect } from './connection.ts'
import { type Answered, Line, lost, outOfReach } from './line.ts'
import { Away, movedTo } from './problems.ts'
import type { Script } from './script.ts'

/** A new connection, before it is used for requests. Rejects what is answered with an error or too late. */
export type Asking = Pick<Line, 'call' | 'send' | 'subscribe'>

export interface LinkOptions {
  readonly address: RedisAddress
  readonly clock: Clock
  /** What was sent may be executed for so long after; a new connection is not made before. */
  readonly patienceMs: number
  /** Brings a new connection up to date; rejects where it is no good. */
  readonly welcome: (asking: Asking) => Promise<void>
  /** Called before anything else is run: what is run by it comes first. */
  readonly onHere: () => void
  readonly onAway: (error: Error) => void
}

const connectWithinMs = 1_000
const retryEveryMs = 1_000
/** Away again so soon after it came back: it is left alone for longer, but less than 5 s in all. */
const steadyAfterMs = 10_000
const longestRestMs = 2_500

/**
 * A connection to Redis that is either here, and answers within its time, or away. It goes away as soon
 * as one answer is late or an error, with all that is under way, and comes back by itself.
 */
export class Link {
  readonly #options: LinkOptions
  #line: Line | null = null
  #elsewhere: RedisAddress | null = null
  #cancelReturn: (() => void) | null = null
  #hereSinceMs = Number.NEGATIVE_INFINITY
  #restMs = retryEveryMs
  #closed = false

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get here(): boolean {
    return this.#line !== null
  }

  /** Resolves when the first attempt has come to something, within two seconds. */
  open(): Promise<void> {
    return this.#comeBack()
  }

  /** Runs a script; `done` is called once, within the time-out, with `lost` where nothing came. */
  run(script: Script, keys: readonly string[], values: readonly string[], done: Answered): void {
    if (this.#line === null) done(lost, this.#options.clock.monotonicMs())
    else this.#line.run(script, keys, values, done)
  }

  /** As `run`, for what no request waits for: an error says nothing of the connection. */
  async call(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return this.#lineHere().call(script, keys, values)
  }

  async send(args: readonly string[]): Promise<unknown> {
    return this.#lineHere().send(args)
  }

  /** Gives the connection up; whatever was under way is lost. `soon`: another one may be made at once. */
  fail(error: Error, soon = false): void {
    const line = this.#line
    if (line === null) return
    this.#line = null
    const { clock, patienceMs, onAway } = this.#options
    const hereForMs = clock.monotonicMs() - this.#hereSinceMs
    this.#restMs =
      hereForMs > steadyAfterMs ? retryEveryMs : Math.min(this.#restMs * 2, longestRestMs)
    this.#elsewhere = movedTo(error.message, this.#options.address)
    onAway(error)
    line.destroy()
    // Whatever was sent to the wrong node of a cluster is refused there.
    if (this.#elsewhere !== null) this.#returnAfter(this.#options.address.timeoutMs)
    else this.#returnAfter(soon ? patienceMs : Math.max(this.#restMs, patienceMs))
  }

  close(): void {
    this.#closed = true
    this.#cancelReturn?.()
    const line = this.#line
    this.#line = null
    line?.destroy()
  }

  #lineHere(): Line {
    if (this.#line === null) throw outOfReach()
    return this.#line
  }

  #returnAfter(ms: number): void {
    if (this.#closed) return
    this.#cancelReturn = this.#options.clock.after(ms, () => void this.#comeBack())
  }

  async #comeBack(): Promise<void> {
    const { address, clock, welcome, onHere, onAway } = this.#options
    const startedMs = clock.monotonicMs()
    let line: Line | null = null
    try {
      const to = this.#elsewhere ?? address
      const connection = await connect(to, connectWithinMs, (error) => line?.breakOff(error))
      const made = new Line(connection, clock, address.timeoutMs, (error) => {
        if (this.#line === made) this.fail(error)
      })
      line = made
      await welcome(made)
      if (made.error !== null) throw made.error
      if (this.#closed) throw new Away('is not needed any more')
      this.#line = made
      this.#hereSinceMs = clock.monotonicMs()
      onHere()
    } catch (error) {
      line?.destroy()
      const reason = line?.error ?? (error instanceof Error ? error : new Error(String(error)))
      this.#elsewhere = movedTo(reason.message, address)
      if (this.#closed) return
      onAway(reason)
      this.#returnAfter(Math.max(0, startedMs + retryEveryMs - clock.monotonicMs()))
    }
  }
}
