import { createMemoryState } from '../../src/adapters/state/memory/memory-state.ts'
import type { Catalog } from '../../src/core/catalog.ts'
import { openLimitsInForce } from '../../src/core/limits/limits-in-force.ts'
import type { Violation } from '../../src/gateway/book-store.ts'
import type { LimitState } from '../../src/gateway/limit-state.ts'
import type { Limiting } from '../../src/gateway/limiting.ts'
import type { Clock } from '../../src/gateway/ports.ts'
import { createWaitingRoom } from '../../src/gateway/waiting-room.ts'

export interface WatchedLimiting extends Limiting {
  /** Requests and attempts that were turned away, in order. */
  readonly violations: Omit<Violation, 'atMs'>[]
}

/** The limits of a gateway that keeps nothing. */
export function limitingIn(
  catalog: Catalog,
  clock: Clock,
  state: LimitState = createMemoryState({ clock, store: null }),
): WatchedLimiting {
  const violations: Omit<Violation, 'atMs'>[] = []
  return {
    inForce: openLimitsInForce(catalog.limits ?? [], []),
    state,
    reports: {
      admitted() {},
      corrected() {},
      violated: (violation) => void violations.push(violation),
    },
    room: createWaitingRoom(clock),
    tickets: { open: 0 },
    violations,
  }
}

/** Answers borrowings only when told to, as a state in another process does. */
export function lateState(clock: Clock): LimitState & { answer(): void } {
  const state = createMemoryState({ clock, store: null })
  let waiting: (() => void)[] = []
  return {
    borrow: (borrowing, answer) => void waiting.push(() => state.borrow(borrowing, answer)),
    answer() {
      const now = waiting
      waiting = []
      for (const one of now) one()
    },
    settle: (corrections) => state.settle(corrections),
    look: (charges) => state.look(charges),
    wouldDeny: () => null,
    books: (filter) => state.books(filter),
    reset: (filter) => state.reset(filter),
    cleanup: (untouchedMs) => state.cleanup(untouchedMs),
    health: () => state.health(),
    close: () => state.close(),
  }
}
