import { createMemoryState } from '../../src/adapters/state/memory/memory-state.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { Correction } from '../../src/gateway/limit-state.ts'
import type { Line } from '../routing/figures.ts'
import { chargesOfUser } from './five-limits.ts'

const rounds = 300_000
const users = 1_000

/** Charges made, borrowed and settled, with five limits of all kinds binding; the median of ten runs. */
export function admissionLine(): Line {
  const state = createMemoryState({ clock: systemClock, store: null })
  let granted = 0

  const run = () => {
    const startedMs = performance.now()
    for (let round = 0; round < rounds; round++) {
      const ticket = `wb_${round}`
      const asked = chargesOfUser(`user-${(round * 7) % users}`)
      state.borrow({ ticket, charges: asked, options: [] }, (borrowed) => {
        if (!borrowed.granted) return
        granted++
        const corrections: Correction[] = []
        for (const charge of asked) {
          const actual = charge.limit.metric === 'concurrent' ? 0 : charge.amount * 0.8
          corrections.push({ ticket, charge, actual, at: borrowed.at })
        }
        state.settle(corrections)
      })
    }
    return ((performance.now() - startedMs) * 1_000) / rounds
  }

  const measured = Array.from({ length: 11 }, run)
    .slice(1)
    .toSorted((a, b) => a - b)
  const median = measured[5] ?? Number.NaN
  return {
    what: 'admission and settling with 5 limits binding',
    target: '≤ 3 µs',
    measured: `${median.toFixed(2)} µs`,
    ok: median <= 3 && granted === rounds * 11,
  }
}
