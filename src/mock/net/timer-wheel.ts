import type { Timer } from '../play.ts'

/** Slots of one millisecond; later entries wait in their slot for further turns of the wheel. */
const SLOTS = 4096

interface Entry {
  readonly tick: number
  callback: (() => void) | null
}

export interface TimerWheel extends Timer {
  stop(): void
}

/**
 * One timer for everything that waits. Thousands of streams with an event every few milliseconds would
 * otherwise keep as many timers in Node's queue, and each would be armed anew for every event.
 */
export function createTimerWheel(): TimerWheel {
  const slots: Entry[][] = Array.from({ length: SLOTS }, () => [])
  const startMs = performance.now()
  let waiting = 0
  let doneTick = 0
  let armedTick = Number.POSITIVE_INFINITY
  let armed: NodeJS.Timeout | null = null

  const elapsedMs = () => performance.now() - startMs
  const slotOf = (tick: number): Entry[] => slots[tick % SLOTS] ?? []

  function arm(tick: number): void {
    if (tick >= armedTick) return
    if (armed !== null) clearTimeout(armed)
    armedTick = tick
    armed = setTimeout(turn, Math.max(1, tick - elapsedMs()))
  }

  function turn(): void {
    armed = null
    armedTick = Number.POSITIVE_INFINITY
    const now = Math.floor(elapsedMs())
    const from = Math.max(doneTick + 1, now - SLOTS + 1)
    doneTick = now
    for (let tick = from; tick <= now; tick++) runSlot(tick % SLOTS, now)
    armNext()
  }

  function runSlot(index: number, now: number): void {
    const slot = slots[index]
    if (slot === undefined || slot.length === 0) return
    const later = slot.filter((entry) => entry.tick > now)
    const due = later.length === 0 ? slot : slot.filter((entry) => entry.tick <= now)
    slots[index] = later
    for (const entry of due) {
      waiting--
      entry.callback?.()
    }
  }

  /** The next slot with anything in it; it may hold entries of a later turn only, which costs a look. */
  function armNext(): void {
    if (waiting === 0) return
    let tick = doneTick + 1
    while (slotOf(tick).length === 0 && tick < doneTick + SLOTS) tick++
    arm(tick)
  }

  return {
    nowMs: elapsedMs,
    soon: (callback) => void setImmediate(callback),
    at(atMs, callback) {
      const tick = Math.max(Math.ceil(atMs), doneTick + 1)
      const entry: Entry = { tick, callback }
      slotOf(tick).push(entry)
      waiting++
      arm(tick)
      return () => {
        entry.callback = null
      }
    },
    stop() {
      if (armed !== null) clearTimeout(armed)
      for (const slot of slots) slot.length = 0
      waiting = 0
    },
  }
}
