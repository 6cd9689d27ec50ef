import { createMemoryState } from '../../src/adapters/state/memory/memory-state.ts'
import { createMemoryLimits } from '../../src/adapters/store/limits/memory-limits.ts'
import type { Catalog } from '../../src/core/catalog.ts'
import { openLimitsInForce } from '../../src/core/limits/limits-in-force.ts'
import type { Limiting } from '../../src/gateway/limiting.ts'
import type { Clock } from '../../src/gateway/ports.ts'
import { createWaitingRoom } from '../../src/gateway/waiting-room.ts'

/** The limits of a gateway that keeps nothing. */
export function limitingIn(catalog: Catalog, clock: Clock): Limiting {
  return {
    inForce: openLimitsInForce(catalog.limits ?? [], []),
    state: createMemoryState({ clock, store: null }),
    reports: createMemoryLimits().reports,
    room: createWaitingRoom(clock),
    tickets: { open: 0 },
  }
}
