import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Limit } from '../../../src/core/limits/limit.ts'
import { borrow, calendarLimit, charge, newTicket, remaining, slidingLimit } from './limits.ts'
import {
  describeWhere,
  type Ending,
  type OpenedState,
  type StateKind,
  withState,
} from './state-kind.ts'

const limits: readonly Limit[] = [
  slidingLimit('minute', { amount: 100, burst: 30 }),
  slidingLimit('hour', { amount: 300 }, 3_600_000),
  calendarLimit('day', 'day', { amount: 500, burst: 40 }),
]

const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ take: fc.nat({ max: 40 }), settle: fc.nat({ max: 90 }) }) },
  { weight: 3, arbitrary: fc.record({ wait: fc.constantFrom(1, 700, 4_000, 9_000, 70_000) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.nat({ max: 1 }) }) },
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

export function describeRestartModel(kind: StateKind): void {
  const endings = kind.survives
  describeWhere(kind.virtualTime && endings.length > 0)('restarts at any moment', () => {
    it('lose nothing and invent nothing', async () => {
      const property = fc.asyncProperty(
        fc.array(command, { minLength: 10, maxLength: 60 }),
        (commands) => withState(kind, (opened) => follow(opened, endings, commands)),
      )
      await fc.assert(property, { seed: 20_261_122, numRuns: kind.inProcess ? 60 : 10 })
    })
  })
}

async function follow(
  opened: OpenedState,
  endings: readonly Ending[],
  commands: readonly Command[],
): Promise<void> {
  const standing = () => Promise.all(limits.map((limit) => remaining(opened.state, limit)))
  for (const each of commands) {
    if ('wait' in each) {
      await opened.advance(each.wait)
    } else if ('restart' in each) {
      const before = await standing()
      await opened.restart(endings[each.restart % endings.length] ?? 'closed', limits)
      const after = await standing()
      for (const [index, left] of after.entries()) {
        expect(left).toBeLessThanOrEqual(before[index] ?? Number.NaN)
        // A process that begins divides time anew: what was about to come back may stay a moment.
        expect(left).toBeGreaterThanOrEqual((before[index] ?? Number.NaN) - 1)
      }
    } else {
      const ticket = newTicket()
      const charges = limits.map((limit) => charge(limit, each.take))
      const answer = await borrow(opened.state, ticket, charges)
      if (!answer.granted) continue
      opened.state.settle(
        charges.map((taken) => ({ ticket, charge: taken, actual: each.settle, at: answer.at })),
      )
    }
  }
}
