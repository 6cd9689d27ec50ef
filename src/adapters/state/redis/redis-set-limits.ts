import type { SetLimit } from '../../../core/limits/set-limit.ts'
import type { SetLimitStore } from '../../../gateway/book-store.ts'
import type { Asking, Link } from './link.ts'
import {
  loadLimitsScript,
  putLimitScript,
  removeLimitScript,
  restoreLimitsScript,
} from './lua/set-limits.ts'
import { numbersOrThrow } from './reply.ts'
import { limitOfText, textOfLimit } from './set-limit-text.ts'
import type { Sharing } from './sharing.ts'

/** In one call, when they are told anew. */
const limitsAtOnce = 500

/** Limits set at run time, the same for all gateways that share the books. */
export class RedisSetLimits implements SetLimitStore {
  readonly #link: Link
  readonly #keys: readonly string[]
  readonly #onProblem: (message: string) => void
  readonly #watchers = new Set<(all: readonly SetLimit[]) => void>()
  #all = new Map<string, SetLimit>()
  /** Of what is known here; NaN: nothing was loaded yet. */
  #version = Number.NaN
  #loading: Promise<boolean> | null = null

  constructor({ standing }: Sharing, link: Link, onProblem: (message: string) => void) {
    this.#link = link
    this.#keys = [...standing.keys, standing.names.setLimits]
    this.#onProblem = onProblem
  }

  /** While Redis is away: as they were known last. Rejects where nothing is known yet. */
  async load(): Promise<readonly SetLimit[]> {
    if (this.#link.here || Number.isNaN(this.#version)) await this.#read()
    return [...this.#all.values()]
  }

  /** Rejects while Redis is away: a limit that only this gateway knew would be no limit. */
  async put(limit: SetLimit): Promise<void> {
    const values = [limit.id, textOfLimit(limit)]
    const reply = await this.#link.call(putLimitScript, this.#keys, values)
    this.#all.set(limit.id, limit)
    this.#wrote(numbersOrThrow(reply))
  }

  /** Rejects while Redis is away. */
  async remove(id: string): Promise<boolean> {
    const reply = await this.#link.call(removeLimitScript, this.#keys, [id])
    const [before, after] = numbersOrThrow(reply)
    this.#all.delete(id)
    this.#wrote([before ?? 0, after ?? 0])
    return before !== after
  }

  watch(changed: (all: readonly SetLimit[]) => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  /** A reply told their version. */
  noticed(version: number): void {
    if (version === this.#version || this.#loading !== null) return
    this.#loading = this.#read()
      .catch((error: Error) => {
        if (this.#link.here) this.#onProblem(`Limits set at run time: ${error.message}`)
        return false
      })
      .finally(() => {
        this.#loading = null
      })
    void this.#loading.then((changed) => {
      if (changed) for (const watcher of this.#watchers) watcher([...this.#all.values()])
    })
  }

  /** After a loss of data. */
  async restore(asking: Asking): Promise<void> {
    const texts = [...this.#all.values()].flatMap((limit) => [limit.id, textOfLimit(limit)])
    for (let from = 0; from < texts.length; from += 2 * limitsAtOnce) {
      await asking.call(restoreLimitsScript, this.#keys, texts.slice(from, from + 2 * limitsAtOnce))
    }
  }

  /** What others wrote in the meantime is still to be read. */
  #wrote([before, after]: readonly number[]): void {
    if (before === this.#version && after !== undefined) this.#version = after
    else if (after !== undefined) this.noticed(after)
  }

  /** True where it is not as it was. */
  async #read(): Promise<boolean> {
    const reply = await this.#link.call(loadLimitsScript, this.#keys, [])
    if (!Array.isArray(reply)) throw new Error('they were answered with something unexpected')
    const all = new Map<string, SetLimit>()
    for (let at = 2; at < reply.length; at += 2) {
      const limit = limitOfText(String(reply[at]))
      if (limit === null) this.#onProblem(`The limit ${reply[at - 1]} in Redis cannot be read.`)
      else all.set(limit.id, limit)
    }
    const version = Number(reply[0])
    const first = Number.isNaN(this.#version)
    const changed = first ? all.size > 0 : version !== this.#version
    this.#all = all
    this.#version = version
    return changed
  }
}
