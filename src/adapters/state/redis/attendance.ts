import { follow, joinCall, readJoined } from './join.ts'
import { lost } from './line.ts'
import type { Link } from './link.ts'
import { joinScript } from './lua/join.ts'
import { renewScript } from './lua/restore.ts'
import { Away } from './problems.ts'
import { renewCalls } from './rejoin.ts'
import { unexpected } from './reply.ts'
import type { Sharing } from './sharing.ts'

const everyMs = 1_000
/** A lease takes three times as long. */
const renewEveryMs = 10_000

/**
 * Every second a gateway tells Redis that it is there. So it is counted, sees an outage before a request
 * has to wait for it, and learns of other gateways' changes while it has no requests.
 */
export class Attendance {
  readonly #sharing: Sharing
  readonly #link: Link
  readonly #onVersion: (version: number) => void
  #renewedMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null

  constructor(sharing: Sharing, link: Link, onVersion: (version: number) => void) {
    this.#sharing = sharing
    this.#link = link
    this.#onVersion = onVersion
  }

  start(): void {
    this.#cancel = this.#sharing.clock.after(everyMs, () => {
      if (this.#link.here) this.#attend()
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
  }

  /** Redis is back: places taken in between are made known. */
  returned(): void {
    const { replicas, clock, places } = this.#sharing
    replicas.returned(clock.monotonicMs())
    if (places.unknown) this.#renew()
  }

  #attend(): void {
    const { clock, standing, time } = this.#sharing
    const { keys, values } = joinCall(this.#sharing, 0, 0)
    this.#link.run(joinScript, keys, values, (reply, sentMs) => {
      if (reply === lost) return
      const joined = readJoined(reply)
      if (joined === null) {
        this.#link.fail(unexpected())
      } else if (joined.epoch !== standing.epoch) {
        this.#link.fail(new Away('has lost its data'), true)
      } else if (time.heard(joined.nowMs, sentMs) !== 0) {
        this.#link.fail(new Away('has had its clock set'), true)
      } else {
        follow(this.#sharing, joined)
        this.#onVersion(joined.version)
      }
    })
    if (clock.monotonicMs() - this.#renewedMs >= renewEveryMs) this.#renew()
  }

  #renew(): void {
    this.#renewedMs = this.#sharing.clock.monotonicMs()
    for (const { keys, values } of renewCalls(this.#sharing)) {
      this.#link.run(renewScript, keys, values, () => {})
    }
  }
}
