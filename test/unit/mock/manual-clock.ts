import type { Clock } from '../../../src/gateway/ports.ts'

export interface ManualClock extends Clock {
  /** Moves time on and calls back whatever falls due, in order. */
  advance(byMs: number): void
}

/** Time that moves only when told to, beginning at a fixed instant. */
export function manualClock(startMs = 1_800_000_000_000): ManualClock {
  let now = 0
  let waiting: { atMs: number; callback: () => void }[] = []

  function earliest(untilMs: number) {
    const due = waiting.filter(({ atMs }) => atMs <= untilMs)
    return due.sort((a, b) => a.atMs - b.atMs)[0]
  }

  return {
    nowMs: () => startMs + now,
    monotonicMs: () => now,
    after(delayMs, callback) {
      const entry = { atMs: now + delayMs, callback }
      waiting.push(entry)
      return () => {
        waiting = waiting.filter((one) => one !== entry)
      }
    },
    advance(byMs) {
      const untilMs = now + byMs
      for (let next = earliest(untilMs); next !== undefined; next = earliest(untilMs)) {
        const current = next
        waiting = waiting.filter((one) => one !== current)
        now = Math.max(now, current.atMs)
        current.callback()
      }
      now = untilMs
    },
  }
}
