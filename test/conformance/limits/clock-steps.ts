import { expect, it } from 'vitest'
import {
  borrow,
  borrowed,
  calendarLimit,
  charge,
  newTicket,
  remaining,
  slidingLimit,
  take,
  takeMany,
} from './limits.ts'
import { describeWhere, type StateKind, withState } from './state-kind.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const steps = [hourMs, -hourMs, 24 * hourMs, -24 * hourMs]

/** The monotonic clock goes on; only what the machine believes to be the date is set. */
export function describeClockSteps(kind: StateKind): void {
  describeWhere(kind.virtualTime)('a wall clock that is set', () => {
    it.each(steps)('leaves sliding windows as they are (%i ms)', (stepMs) =>
      withState(kind, async ({ state, advance, stepWall }) => {
        const limit = slidingLimit('sliding', { amount: 10, burst: 5 })
        await takeMany(state, 15, charge(limit))
        stepWall(stepMs)
        expect(await take(state, charge(limit))).toBe(false)
        await advance(minuteMs * 1.01)
        expect(await takeMany(state, 20, charge(limit))).toBe(10)
        stepWall(-stepMs)
        expect(await take(state, charge(limit))).toBe(false)
        await advance(minuteMs * 1.01)
        expect(await takeMany(state, 20, charge(limit))).toBe(10)
      }),
    )

    it.each(steps)('and set right again in time fills no day and closes none (%i ms)', (stepMs) =>
      withState(kind, async ({ state, advance, stepWall }) => {
        const limit = calendarLimit('daily', 'day', { amount: 100 })
        await takeMany(state, 60, charge(limit))
        for (let time = 0; time < 5; time++) {
          stepWall(stepMs)
          await advance(9 * minuteMs)
          expect(await remaining(state, limit)).toBe(40)
          stepWall(-stepMs)
          await advance(minuteMs)
          expect(await remaining(state, limit)).toBe(40)
        }
        expect(await takeMany(state, 60, charge(limit))).toBe(40)
        await advance(16 * hourMs)
        expect(await remaining(state, limit)).toBe(100)
      }),
    )

    it.each(steps)('to stay so gives no day twice and closes none for more (%i ms)', (stepMs) =>
      withState(kind, async ({ state, advance, stepWall }) => {
        const limit = calendarLimit('daily', 'day', { amount: 10 })
        let admitted = 0
        const hours = async (count: number) => {
          for (let hour = 0; hour < count; hour++) {
            admitted += await takeMany(state, 12, charge(limit))
            await advance(hourMs)
          }
        }
        await hours(4)
        stepWall(stepMs)
        await hours(24)
        stepWall(-stepMs)
        await hours(48)
        // From the morning of the 15th to noon of the 18th: four days, whatever the clock said.
        expect(admitted).toBe(40)
      }),
    )

    it('ahead and back leaves no doubt when there will be room', () =>
      withState(kind, async ({ state, advance, stepWall }) => {
        const limit = calendarLimit('daily', 'day', { amount: 10 })
        for (const stepMs of [24 * hourMs, -24 * hourMs]) {
          stepWall(stepMs)
          await take(state, charge(limit))
          await advance(11 * minuteMs)
          await take(state, charge(limit))
        }
        const settle = await borrowed(state, charge(limit, await remaining(state, limit)))
        settle(30)
        const answer = await borrow(state, newTicket(), [charge(limit)])
        const waitMs = 'denial' in answer ? answer.denial.retryAfterMs : null
        if (waitMs === null) throw new Error('there will be room')
        await advance(waitMs - 1)
        expect(await take(state, charge(limit))).toBe(false)
        await advance(1)
        expect(await take(state, charge(limit))).toBe(true)
      }))

    it('far ahead for a while closes no limit until then', () =>
      withState(kind, async ({ state, advance, stepWall }) => {
        const limit = calendarLimit('hourly', 'hour', { amount: 10 })
        stepWall(1_000 * 24 * hourMs)
        await advance(minuteMs)
        await takeMany(state, 12, charge(limit))
        await advance(15 * minuteMs)
        await takeMany(state, 12, charge(limit))
        stepWall(-1_000 * 24 * hourMs)
        await advance(minuteMs)
        await take(state, charge(limit))
        await advance(15 * minuteMs)
        await take(state, charge(limit))
        await advance(hourMs)
        expect(await takeMany(state, 12, charge(limit))).toBe(10)
      }))
  })
}
