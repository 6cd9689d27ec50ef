import { ErrorReply } from '@redis/client'
import type { Clock } from '../../../gateway/ports.ts'
import type { RedisAddress } from './address.ts'
import { CallsUnderWay } from './calls-under-way.ts'
import { type Connection, connect } from './connection.ts'
import { Away, movedTo } from './problems.ts'
import { runScript, type Script } from './script.ts'

/** Stands for the reply where none came: the script may have run or not. */
export const lost = Symbol('lost')
export type Reply = unknown

/** A new connection, before it is used for requests. Rejects what is answered with an error or too late. */
export interface Asking {
  call(script: Script, keys: readonly string[], values: readonly string[]): Promise<Reply>
  send(args: readonly string[]): Promise<Reply>
  subscribe(channel: string, heard: (message: string) => void): Promise<void>
}

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
  readonly #underWay: CallsUnderWay<Reply>
  #connection: Connection | null = null
  #elsewhere: RedisAddress | null = null
  #cancelReturn: (() => void) | null = null
  #hereSinceMs = Number.NEGATIVE_INFINITY
  #restMs = retryEveryMs
  #closed = false

  constructor(options: LinkOptions) {
    this.#options = options
    const { clock, address } = options
    const onLate = () => this.fail(lateError(address.timeoutMs))
    this.#underWay = new CallsUnderWay(clock, address.timeoutMs, onLate)
  }

  get here(): boolean {
    return this.#connection !== null
  }

  /** Resolves when the first attempt has come to something, within two seconds. */
  open(): Promise<void> {
    return this.#comeBack()
  }

  /** Runs a script; `done` is called once, within the time-out, with `lost` where nothing came. */
  run(
    script: Script,
    keys: readonly string[],
    values: readonly string[],
    done: (reply: Reply, sentMs: number) => void,
  ): void {
    this.#start((connection) => runScript(connection, script, keys, values), done, null)
  }

  /** As `run`, for what no request waits for: an error says nothing of the connection. */
  call(script: Script, keys: readonly string[], values: readonly string[]): Promise<Reply> {
    return this.#promised((connection) => runScript(connection, script, keys, values))
  }

  send(args: readonly string[]): Promise<Reply> {
    return this.#promised((connection) => connection.send(args))
  }

  /** Gives the connection up; whatever was under way is lost. `soon`: another one may be made at once. */
  fail(error: Error, soon = false): void {
    const connection = this.#connection
    if (connection === null) return
    this.#connection = null
    connection.destroy()
    const { clock, patienceMs, onAway } = this.#options
    const hereForMs = clock.monotonicMs() - this.#hereSinceMs
    this.#restMs =
      hereForMs > steadyAfterMs ? retryEveryMs : Math.min(this.#restMs * 2, longestRestMs)
    this.#elsewhere = movedTo(error.message, this.#options.address)
    onAway(error)
    this.#giveUpAll()
    const wanted = soon || this.#elsewhere !== null
    this.#returnAfter(wanted ? patienceMs : Math.max(this.#restMs, patienceMs))
  }

  close(): void {
    this.#closed = true
    this.#cancelReturn?.()
    this.#underWay.stop()
    this.#connection?.destroy()
    this.#connection = null
    this.#giveUpAll()
  }

  #giveUpAll(): void {
    for (const { done, sentMs } of this.#underWay.takeAll()) done(lost, sentMs)
  }

  #promised(send: (connection: Connection) => Promise<Reply>): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const done = (reply: Reply) => {
        if (reply === lost) reject(new Error('Redis is out of reach: try again when it is back.'))
        else resolve(reply)
      }
      this.#start(send, done, reject)
    })
  }

  #start(
    send: (connection: Connection) => Promise<Reply>,
    done: (reply: Reply, sentMs: number) => void,
    refused: ((error: Error) => void) | null,
  ): void {
    const connection = this.#connection
    const sentMs = this.#options.clock.monotonicMs()
    if (connection === null) {
      done(lost, sentMs)
      return
    }
    const call = { sentMs, dueMs: Number.POSITIVE_INFINITY, done }
    const answer = send(connection)
    this.#underWay.add(call)
    answer.then(
      (reply) => {
        if (this.#underWay.finish(call)) done(reply, sentMs)
      },
      (error: Error) => {
        if (!this.#underWay.has(call)) return
        if (refused === null || !(error instanceof ErrorReply)) {
          this.fail(error)
        } else {
          this.#underWay.finish(call)
          refused(error)
        }
      },
    )
  }

  #returnAfter(ms: number): void {
    if (this.#closed) return
    this.#cancelReturn = this.#options.clock.after(ms, () => void this.#comeBack())
  }

  async #comeBack(): Promise<void> {
    const { address, clock, welcome, onHere, onAway } = this.#options
    const startedMs = clock.monotonicMs()
    let connection: Connection | null = null
    let broken: Error | null = null
    const onLost = (error: Error) => {
      if (connection !== null && this.#connection === connection) this.fail(error)
      else broken = error
    }
    try {
      const standing = await connect(this.#elsewhere ?? address, connectWithinMs, onLost)
      connection = standing
      await welcome(askingOn(standing, clock, address.timeoutMs))
      if (broken !== null) throw broken
      if (this.#closed) throw new Away('is not needed any more')
      this.#connection = standing
      this.#hereSinceMs = clock.monotonicMs()
      onHere()
    } catch (error) {
      connection?.destroy()
      const reason = error instanceof Error ? error : new Error(String(error))
      this.#elsewhere = movedTo(reason.message, address)
      if (this.#closed) return
      onAway(reason)
      this.#returnAfter(Math.max(0, startedMs + retryEveryMs - clock.monotonicMs()))
    }
  }
}

function lateError(ms: number): Error {
  return new Away(`did not answer within ${ms} ms`)
}

function askingOn(connection: Connection, clock: Clock, timeoutMs: number): Asking {
  return {
    call: (script, keys, values) =>
      within(clock, timeoutMs, runScript(connection, script, keys, values)),
    send: (args) => within(clock, timeoutMs, connection.send(args)),
    subscribe: (channel, heard) => within(clock, timeoutMs, connection.subscribe(channel, heard)),
  }
}

function within<T>(clock: Clock, ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let over = false
    let cancel = () => {}
    const finish = () => {
      over = true
      cancel()
    }
    const late = () => setImmediate(() => reject(lateError(ms)))
    setImmediate(() => {
      if (!over) cancel = clock.after(ms, late)
    })
    answer.then(resolve, reject).finally(finish)
  })
}
