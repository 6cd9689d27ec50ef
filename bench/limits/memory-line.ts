import { createMemoryState } from '../../src/adapters/state/memory/memory-state.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { Line } from '../routing/figures.ts'
import { perUserLimit } from './five-limits.ts'

const users = 1_000_000
const mebibyte = 1_048_576

/**
 * Resident memory that a million users with one request each add to a process that serves others
 * already: V8's space for young objects has grown to its full size before.
 */
export function memoryLine(): Line {
  fillYoungSpace()
  globalThis.gc?.()
  const before = process.memoryUsage()
  const limit = perUserLimit()
  const state = createMemoryState({ clock: systemClock, store: null })
  for (let user = 0; user < users; user++) {
    const charge = { limit, subject: `user:user-${user}`, amount: 1, least: 1 }
    state.borrow({ ticket: `wb_${user}`, charges: [charge], options: [] }, () => {})
  }
  globalThis.gc?.()
  const after = process.memoryUsage()
  const residentMib = (after.rss - before.rss) / mebibyte
  const heldMib =
    (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / mebibyte
  const { books } = state.health()
  return {
    what: '1,000,000 users, one limit, a request each',
    target: '≤ 256 MiB',
    measured: `${heldMib.toFixed(0)} MiB (resident: +${residentMib.toFixed(0)} MiB)`,
    ok: Math.max(heldMib, residentMib) <= 256 && books === users,
  }
}

/** As requests under way do, of which many are replaced by others all the time. */
function fillYoungSpace(): void {
  const underWay: { readonly id: string; readonly body: readonly number[] }[] = []
  for (let request = 0; request < 2_000_000; request++) {
    underWay[request % 100_000] = { id: `wb_${request}`, body: [request, request + 1] }
  }
}
