import { ErrorReply } from '@redis/client'
import type { Clock } from '../../../gateway/ports.ts'
import { CallsUnderWay } from './calls-under-way.ts'
import type { Connection } from './connection.ts'
import { Away } from './problems.ts'
import { runScript, type Script } from './script.ts'

/** Stands for the reply where none came: the script may have run or not. */
export const lost = Symbol('lost')

/** `sentMs` is monotonic. */
export type Answered = (reply: unknown, sentMs: number) => void

/** A connection on which answers come in time, until it is broken: with one that is late or an error. */
export class Line {
  /** Why it is broken; null: it is not. */
  error: Error | null = null
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #underWay: CallsUnderWay<unknown>
  readonly #onBroken: (error: Error) => void
  #destroyed = false

  /** `onBroken` is called once, before what is under way is told that it is lost. */
  constructor(
    connection: Connection,
    clock: Clock,
    timeoutMs: number,
    onBroken: (error: Error) => void,
  ) {
    this.#connection = connection
    this.#clock = clock
    this.#onBroken = onBroken
    const late = () => this.breakOff(new Away(`did not answer within ${timeoutMs} ms`))
    this.#underWay = new CallsUnderWay(clock, timeoutMs, late)
  }

  /** Runs a script; `done` is called once, with `lost` where nothing came. An error breaks the line. */
  run(script: Script, keys: readonly string[], values: readonly string[], done: Answered): void {
    this.#start((connection) => runScript(connection, script, keys, values), done, null)
  }

  /** As `run`, but an error says nothing of the connection. */
  call(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return this.#promised((connection) => runScript(connection, script, keys, values))
  }

  send(args: readonly string[]): Promise<unknown> {
    return this.#promised((connection) => connection.send(args))
  }

  async subscribe(channel: string, heard: (message: string) => void): Promise<void> {
    await this.#promised((connection) => connection.subscribe(channel, heard))
  }

  breakOff(error: Error): void {
    if (this.error !== null || this.#destroyed) return
    this.error = error
    this.#onBroken(error)
    this.destroy()
  }

  /** At once; what is under way is lost. */
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#connection.destroy()
    this.#underWay.stop()
    for (const { done, sentMs } of this.#underWay.takeAll()) done(lost, sentMs)
  }

  #promised(send: (connection: Connection) => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const done: Answered = (reply) => {
        if (reply === lost) reject(this.error ?? outOfReach())
        else resolve(reply)
      }
      this.#start(send, done, reject)
    })
  }

  #start(
    send: (connection: Connection) => Promise<unknown>,
    done: Answered,
    refused: ((error: Error) => void) | null,
  ): void {
    const sentMs = this.#clock.monotonicMs()
    if (this.#destroyed) {
      done(lost, sentMs)
      return
    }
    const call = { sentMs, done }
    const answer = send(this.#connection)
    this.#underWay.add(call)
    answer.then(
      (reply) => {
        if (this.#underWay.finish(call)) done(reply, sentMs)
      },
      (error: Error) => {
        if (refused === null || !(error instanceof ErrorReply)) this.breakOff(error)
        else if (this.#underWay.finish(call)) refused(error)
      },
    )
  }
}

export function outOfReach(): Error {
  return new Error('Redis is out of reach: try again when it is back.')
}
