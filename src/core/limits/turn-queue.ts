/** Somebody who waits. */
export interface InTurn {
  readonly client: string
  /** Counts up: who came first. */
  readonly arrival: number
}

/**
 * Who is next: clients take turns, and of one client it is who came first. So one that sends a thousand
 * requests is in nobody's way but its own. Nobody is passed over for needing much: whoever is at the head
 * stays there until it is served or leaves, else small requests would keep a large one out for ever.
 */
export class TurnQueue<T extends InTurn> {
  /** Clients in the order of their turns; none is here without anybody waiting. */
  readonly #lines = new Map<string, T[]>()

  /** One that comes over from another queue keeps its place among those of its client. */
  enter(one: T): void {
    const line = this.#lines.get(one.client)
    if (line === undefined) {
      this.#lines.set(one.client, [one])
      return
    }
    let at = line.length
    while (at > 0 && (line[at - 1]?.arrival ?? 0) > one.arrival) at--
    line.splice(at, 0, one)
  }

  /** Whose turn it is; null where nobody waits. */
  head(): T | null {
    for (const line of this.#lines.values()) return line[0] ?? null
    return null
  }

  /** Takes it out; the next turn of its client comes after those of all others. */
  served(one: T): void {
    if (!this.leave(one)) return
    const line = this.#lines.get(one.client)
    if (line === undefined) return
    this.#lines.delete(one.client)
    this.#lines.set(one.client, line)
  }

  /** Takes it out, wherever it stands. False where it was not here. */
  leave(one: T): boolean {
    const line = this.#lines.get(one.client)
    const at = line?.indexOf(one) ?? -1
    if (line === undefined || at < 0) return false
    line.splice(at, 1)
    if (line.length === 0) this.#lines.delete(one.client)
    return true
  }
}
