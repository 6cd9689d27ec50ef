import fc from 'fast-check'
import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { EventLog } from './event-log.ts'
import { borrow, charge, newTicket, remaining, slidingLimit, takeMany } from './limits.ts'
import { describeWhere, type OpenedState, type StateKind, withState } from './state-kind.ts'

const lengthMs = 10_000

type Step =
  | { readonly wait: number }
  | { readonly take: number }
  /** The oldest that is not settled, at so much of what was borrowed. */
  | { readonly settle: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 4_000 }) }) },
  { weight: 6, arbitrary: fc.record({ take: fc.integer({ min: 0, max: 60 }) }) },
  { weight: 3, arbitrary: fc.record({ settle: fc.constantFrom(0, 0.3, 1, 1.7, 4) }) },
)

const figures = fc.record({
  amount: fc.integer({ min: 20, max: 200 }),
  burst: fc.constantFrom(0, 0, 10, 150),
})

export function describeWindowModel(kind: StateKind): void {
  describeWhere(kind.virtualTime)('a sliding window, whatever happens in it', () => {
    it('never holds more than it may, and turns nobody away without need', async () => {
      const property = fc.asyncProperty(
        figures,
        fc.array(step, { minLength: 20, maxLength: 120 }),
        ({ amount, burst }, steps) =>
          withState(kind, (opened) => follow(opened, amount, burst, steps)),
      )
      await fc.assert(property, { seed: 20_261_120, numRuns: 120 })
    })

    it.each([0, 10, 100])(
      'is used to the full when twice as much is asked for (burst %i)',
      (burst) =>
        withState(kind, async ({ state, advance }) => {
          const limit = slidingLimit('busy', { amount: 100, burst }, lengthMs)
          const random = seededRandom(burst + 1)
          let [granted, passedMs] = [0, 0]
          const windows = 30
          while (passedMs < windows * lengthMs) {
            const apartMs = -Math.log(1 - random()) * (lengthMs / 200)
            await advance(apartMs)
            passedMs += apartMs
            granted += await takeMany(state, 1, charge(limit))
          }
          expect(granted).toBeGreaterThanOrEqual(100 * windows * 0.98)
          expect(granted).toBeLessThanOrEqual(100 * windows + 100 + burst)
        }),
    )
  })
}

async function follow(
  { state, advance }: OpenedState,
  amount: number,
  burst: number,
  steps: readonly Step[],
): Promise<void> {
  const limit = slidingLimit('model', { amount, burst }, lengthMs)
  const log = new EventLog(limit)
  const unsettled: ((factor: number) => void)[] = []
  let nowMs = 0

  const takeSome = async (wanted: number) => {
    const ticket = newTicket()
    const asked = charge(limit, wanted)
    const answer = await borrow(state, ticket, [asked])
    if (!answer.granted) {
      const inWindow = log.within(nowMs, 1.02) + wanted > log.capacity
      const owed = burst > 0 && log.owed(nowMs) + wanted > log.capacity - 0.01
      expect(inWindow || owed).toBe(true)
      return
    }
    const event = log.admitted(nowMs, wanted)
    expect(log.within(nowMs)).toBeLessThanOrEqual(log.capacity)
    if (burst > 0) expect(log.owed(nowMs)).toBeLessThanOrEqual(log.capacity + 0.01)
    unsettled.push((factor) => {
      const ageMs = nowMs - event.atMs
      // Whether a correction still counts is left to each state for the first 2 % after a window.
      const unclear = ageMs >= lengthMs && ageMs < lengthMs * 1.02
      const actual = unclear ? wanted : Math.round(wanted * factor)
      state.settle([{ ticket, charge: asked, actual, at: answer.at }])
      log.settled(event, actual, nowMs)
    })
  }

  for (const each of steps) {
    if ('wait' in each) {
      nowMs += each.wait
      await advance(each.wait)
    } else if ('take' in each) {
      await takeSome(each.take)
    } else {
      const before = await remaining(state, limit)
      unsettled.shift()?.(each.settle)
      const after = await remaining(state, limit)
      if (each.settle <= 1) expect(after).toBeGreaterThanOrEqual(before)
    }
  }
  for (const settle of unsettled) settle(1)
  const books = await state.books({ subject: null, limit: 10 })
  expect(books.every(({ reserved }) => reserved === 0)).toBe(true)
  await advance(lengthMs * (2 + log.owed(nowMs) / amount))
  expect(await remaining(state, limit)).toBe(amount + burst)
}
