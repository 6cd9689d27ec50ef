import type { LimitsInForce } from '../core/limits/limits-in-force.ts'
import type { SetLimit } from '../core/limits/set-limit.ts'
import type { SetLimitStore } from './book-store.ts'
import type { Clock } from './ports.ts'

/** The limits that were set while the gateway runs: in the store first, then in force. */
export interface SetLimits {
  /** Expired ones included. */
  readonly count: number
  /** All that have not expired. */
  all(): readonly SetLimit[]
  /** null: there is none, or it has expired. */
  get(id: string): SetLimit | null
  /** Resolves when it is in force. Rejects where the store cannot keep it; nothing has changed then. */
  put(limit: SetLimit): Promise<void>
  remove(ids: readonly string[]): Promise<void>
  /** Takes those that have expired out of the store; resolves with their number. */
  removeExpired(): Promise<number>
  close(): void
}

export interface SetLimitsOptions {
  readonly store: SetLimitStore
  readonly inForce: LimitsInForce
  readonly clock: Clock
  readonly onProblem: (message: string) => void
}

/**
 * Resolves once what is in the store is in force. A store that is out of reach holds nobody up: it is
 * asked again until it answers.
 */
export async function openSetLimits(options: SetLimitsOptions): Promise<SetLimits> {
  const set = new KeptSetLimits(options)
  await set.open()
  return set
}

const retryMs = 5_000

class KeptSetLimits implements SetLimits {
  readonly #options: SetLimitsOptions
  #limits = new Map<string, SetLimit>()
  /** When what is in force was last made anew, monotonic. */
  #madeAtMs = Number.NEGATIVE_INFINITY
  /** The next time, for all changes until then. */
  #planned: Promise<void> | null = null
  #makeNow: () => void = () => {}
  /** Changes come one after the other: what is said last is what holds. */
  #last: Promise<unknown> = Promise.resolve()
  #unwatch: () => void = () => {}
  #cancelRetry: () => void = () => {}
  #closed = false

  constructor(options: SetLimitsOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    await this.#inTurn(() => this.#load())
    this.#unwatch = this.#options.store.watch((all) => this.#take(all))
  }

  get count(): number {
    return this.#limits.size
  }

  all(): readonly SetLimit[] {
    return [...this.#limits.values()].filter((limit) => !this.#hasExpired(limit))
  }

  get(id: string): SetLimit | null {
    const limit = this.#limits.get(id)
    return limit === undefined || this.#hasExpired(limit) ? null : limit
  }

  put(limit: SetLimit): Promise<void> {
    return this.#change(async () => {
      await this.#options.store.put(limit)
      this.#limits.set(limit.id, limit)
    })
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#change(() => this.#remove(ids))
  }

  removeExpired(): Promise<number> {
    return this.#change(async () => {
      const over = [...this.#limits.values()].filter((limit) => this.#hasExpired(limit))
      await this.#remove(over.map(({ id }) => id))
      return over.length
    })
  }

  close(): void {
    this.#closed = true
    this.#cancelRetry()
    this.#unwatch()
    this.#makeNow()
  }

  async #load(): Promise<void> {
    const { store, clock, onProblem } = this.#options
    try {
      const all = await store.load()
      if (!this.#closed) this.#take(all)
    } catch (error) {
      if (this.#closed) return
      const reason = error instanceof Error ? error.message : String(error)
      onProblem(
        `limits that were set cannot be read yet, those of the configuration hold: ${reason}`,
      )
      this.#cancelRetry = clock.after(retryMs, () => void this.#inTurn(() => this.#load()))
    }
  }

  async #remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.#options.store.remove(id)
      this.#limits.delete(id)
    }
  }

  #take(all: readonly SetLimit[]): void {
    this.#limits = new Map(all.map((limit) => [limit.id, limit]))
    void this.#inForce()
  }

  /** Makes what is in force anew: at once, or for many changes together, see `restMs`. */
  #inForce(): Promise<void> {
    if (this.#planned !== null) return this.#planned
    const { clock } = this.#options
    const waitMs = this.#madeAtMs + restMs(this.#limits.size) - clock.monotonicMs()
    if (waitMs <= 0) {
      this.#make()
      return Promise.resolve()
    }
    this.#planned = new Promise((resolve) => {
      const make = () => {
        cancel()
        this.#planned = null
        this.#makeNow = () => {}
        this.#make()
        resolve()
      }
      const cancel = clock.after(waitMs, make)
      this.#makeNow = make
    })
    return this.#planned
  }

  #make(): void {
    this.#madeAtMs = this.#options.clock.monotonicMs()
    this.#options.inForce.set([...this.#limits.values()])
  }

  /** In force when it resolves, what could be done of it when it rejects too. */
  async #change<Value>(change: () => Promise<Value>): Promise<Value> {
    try {
      return await this.#inTurn(change)
    } finally {
      await this.#inForce()
    }
  }

  #inTurn<Value>(change: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(change)
    this.#last = done.catch(() => {})
    return done
  }

  #hasExpired({ expiresAtMs }: SetLimit): boolean {
    return expiresAtMs !== null && expiresAtMs <= this.#options.clock.nowMs()
  }
}

/**
 * Between two changes of what is in force: each copies and sorts all limits, which for a hundred thousand
 * takes 40 ms of the thread that serves. So it is a fifth of the time at most, and for few no wait at all.
 */
function restMs(limits: number): number {
  return limits < 1_000 ? 0 : limits / 500
}
