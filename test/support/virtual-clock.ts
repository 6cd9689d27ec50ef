import type { Clock } from '../../src/gateway/ports.ts'

export interface VirtualClock extends Clock {
  /** Moves time on and calls back whatever falls due, in order of time. */
  advance(byMs: number): void
  /** Calls that are still to come: 0 when nothing was left behind. */
  waiting(): number
}

/** Time that moves only when told to. */
export function virtualClock(startMs = 1_800_000_000_000): VirtualClock {
  let now = 0
  let calls: { readonly atMs: number; readonly callback: () => void }[] = []

  const takeNext = (untilMs: number) => {
    const due = calls.filter(({ atMs }) => atMs <= untilMs)
    const [next] = due.toSorted((a, b) => a.atMs - b.atMs)
    if (next !== undefined) calls = calls.filter((call) => call !== next)
    return next
  }

  return {
    nowMs: () => startMs + now,
    monotonicMs: () => now,
    after(delayMs, callback) {
      const call = { atMs: now + delayMs, callback }
      calls.push(call)
      return () => {
        calls = calls.filter((other) => other !== call)
      }
    },
    advance(byMs) {
      const untilMs = now + byMs
      for (let next = takeNext(untilMs); next !== undefined; next = takeNext(untilMs)) {
        now = Math.max(now, next.atMs)
        next.callback()
      }
      now = untilMs
    },
    waiting: () => calls.length,
  }
}
