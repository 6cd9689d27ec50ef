/** Something that will happen; cancelled events are passed over when their time comes. */
export interface Scheduled {
  cancel(): void
}

/** Virtual time: it moves only from one event to the next. */
export interface EventQueue {
  /** Monotonic milliseconds since the simulation began. */
  nowMs(): number
  /** Calls `act` at a time, or at once after what runs now when that time has passed. */
  at(timeMs: number, act: () => void): Scheduled
  /** Until nothing is left to happen. */
  run(): void
}

interface Entry extends Scheduled {
  readonly timeMs: number
  /** Of events at the same instant, the one ordered first happens first: nothing is left to chance. */
  readonly order: number
  readonly act: () => void
  cancelled: boolean
}

/** A binary heap: log n per event, however many thousands wait. */
export function createEventQueue(): EventQueue {
  const heap: Entry[] = []
  let nowMs = 0
  let order = 0
  return {
    nowMs: () => nowMs,
    at(timeMs, act) {
      const entry: Entry = {
        timeMs: Math.max(timeMs, nowMs),
        order: order++,
        act,
        cancelled: false,
        cancel() {
          entry.cancelled = true
        },
      }
      push(heap, entry)
      return entry
    },
    run() {
      for (let next = pop(heap); next !== undefined; next = pop(heap)) {
        if (next.cancelled) continue
        nowMs = next.timeMs
        next.act()
      }
    },
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order)
}

function push(heap: Entry[], entry: Entry): void {
  let place = heap.length
  while (place > 0) {
    const above = (place - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || !isBefore(entry, parent)) break
    heap[place] = parent
    place = above
  }
  heap[place] = entry
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (top === undefined || last === undefined || heap.length === 0) return top
  let place = 0
  for (;;) {
    const left = place * 2 + 1
    const child = smaller(heap, left, left + 1)
    const below = heap[child]
    if (below === undefined || !isBefore(below, last)) break
    heap[place] = below
    place = child
  }
  heap[place] = last
  return top
}

function smaller(heap: readonly Entry[], left: number, right: number): number {
  const a = heap[left]
  const b = heap[right]
  return a !== undefined && b !== undefined && isBefore(b, a) ? right : left
}
