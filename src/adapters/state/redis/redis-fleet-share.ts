import type { HealthChange } from '../../../core/health/change.ts'
import type { FleetShare } from '../../../gateway/fleet-share.ts'
import type { Clock } from '../../../gateway/ports.ts'
import type { RedisAddress } from './address.ts'
import { changeOfText, textOfChange } from './fleet-text.ts'
import { type Asking, Link } from './link.ts'
import { readFleetScript, tellFleetScript } from './lua/fleet.ts'

export interface RedisFleetShareOptions {
  readonly address: RedisAddress
  readonly clock: Clock
  readonly gatewayId: string
  /** Both the key and the channel. */
  readonly name: string
}

/** A connection on which nothing comes is asked for a sign of life so often. */
const askEveryMs = 5_000
/** Targets told of while Redis was away. */
const mostUntold = 2_000

interface Untold {
  readonly change: HealthChange
  readonly atMs: number
}

/**
 * What gateways tell each other of targets: a hash of what is in force, for those that start, and a
 * channel, on a connection of its own so that limits do not wait for it.
 */
export class RedisFleetShare implements FleetShare {
  readonly #options: RedisFleetShareOptions
  readonly #link: Link
  /** By target, the last change that the others were not told. */
  readonly #untold = new Map<string, Untold>()
  #heard: (change: HealthChange) => void = () => {}
  #cancel: (() => void) | null = null

  constructor(options: RedisFleetShareOptions) {
    const { address, clock } = options
    this.#options = options
    this.#link = new Link({
      address,
      clock,
      patienceMs: address.timeoutMs,
      welcome: (asking) => this.#listen(asking),
      onHere: () => this.#tellUntold(),
      onAway() {},
    })
  }

  publish(change: HealthChange): void {
    if (change.onlyHere === true) return
    if (this.#link.here) this.#tell(change, this.#options.clock.monotonicMs())
    else this.#keep(change, this.#options.clock.monotonicMs())
  }

  onHeard(heard: (change: HealthChange) => void): void {
    this.#heard = heard
    void this.#link.open()
    this.#askNow()
  }

  async close(): Promise<void> {
    this.#cancel?.()
    this.#link.close()
  }

  /** Hears what is told from now on, and then what was before. */
  async #listen(asking: Asking): Promise<void> {
    const { name, gatewayId } = this.#options
    await asking.subscribe(name, (text) => {
      const change = changeOfText(gatewayId, text)
      if (change !== null) this.#heard(change)
    })
    const reply = await asking.call(readFleetScript, [name], [])
    if (!Array.isArray(reply)) return
    for (let at = 0; at + 1 < reply.length; at += 2) {
      const change = changeOfText(gatewayId, String(reply[at + 1]))
      if (change !== null) this.#heard({ ...change, forMs: Number(reply[at]) })
    }
  }

  #tell(change: HealthChange, atMs: number): void {
    const { name, gatewayId } = this.#options
    const values = [change.target, String(Math.ceil(change.forMs)), textOfChange(gatewayId, change)]
    this.#link.call(tellFleetScript, [name], values).catch(() => this.#keep(change, atMs))
  }

  #keep(change: HealthChange, atMs: number): void {
    this.#untold.delete(change.target)
    this.#untold.set(change.target, { change, atMs })
    for (const oldest of this.#untold.keys()) {
      if (this.#untold.size <= mostUntold) return
      this.#untold.delete(oldest)
    }
  }

  #tellUntold(): void {
    const nowMs = this.#options.clock.monotonicMs()
    const untold = [...this.#untold.values()]
    this.#untold.clear()
    for (const { change, atMs } of untold) {
      const forMs = Math.max(0, change.forMs - (nowMs - atMs))
      if (forMs > 0 || change.to === 'closed') this.#tell({ ...change, forMs }, nowMs)
    }
  }

  #askNow(): void {
    this.#cancel = this.#options.clock.after(askEveryMs, () => {
      if (this.#link.here) this.#link.send(['PING']).catch(() => {})
      this.#askNow()
    })
  }
}
