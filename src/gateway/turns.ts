/** Counts how often each name had its turn: the memory of round-robin and of key rotation. */
export interface Turns {
  /** 0, 1, 2, … for each name. */
  next(name: string): number
  /** What `next` would say; the turn stays with who asks for it next. */
  peek(name: string): number
}

/** Names are configured, but configurations change: forgetting a turn only restarts a rotation. */
const maxNames = 10_000

export function createTurns(): Turns {
  const counts = new Map<string, number>()
  return {
    next(name) {
      const turn = counts.get(name) ?? 0
      if (counts.size >= maxNames && !counts.has(name)) counts.clear()
      counts.set(name, (turn + 1) % Number.MAX_SAFE_INTEGER)
      return turn
    },
    peek: (name) => counts.get(name) ?? 0,
  }
}
