import { createMemoryState } from '../../src/adapters/state/memory/memory-state.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { Line } from '../routing/figures.ts'
import { chargesOfUser } from './five-limits.ts'

const rounds = 500_000

/** Whether five limits have room for one candidate of a plan; the median of ten runs. */
export function planningLine(): Line {
  const state = createMemoryState({ clock: systemClock, store: null })
  const charges = Array.from({ length: 1_000 }, (_, user) => chargesOfUser(`user-${user}`))
  for (const [user, asked] of charges.entries()) {
    state.borrow({ ticket: `wb_${user}`, charges: asked, options: [] }, () => {})
  }
  let room = 0
  const run = () => {
    const startedMs = performance.now()
    for (let round = 0; round < rounds; round++) {
      if (state.wouldDeny(charges[(round * 7) % 1_000] ?? []) === null) room++
    }
    return ((performance.now() - startedMs) * 1_000) / rounds
  }
  const measured = Array.from({ length: 11 }, run)
    .slice(1)
    .toSorted((a, b) => a - b)
  const median = measured[5] ?? Number.NaN
  return {
    what: 'room for one candidate of a plan, 5 limits',
    target: '≤ 1 µs',
    measured: `${median.toFixed(2)} µs`,
    ok: median <= 1 && room === rounds * 11,
  }
}
