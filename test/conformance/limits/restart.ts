import { describe, expect, it } from 'vitest'
import {
  borrowed,
  calendarLimit,
  charge,
  concurrentLimit,
  remaining,
  slidingLimit,
  take,
  takeMany,
} from './limits.ts'
import { type StateKind, withState } from './state-kind.ts'

export function describeRestart(kind: StateKind): void {
  const sliding = slidingLimit('sliding', { amount: 100, burst: 20 })
  const hourly = slidingLimit('hourly', { amount: 100 }, 3_600_000)
  const daily = calendarLimit('daily', 'day', { amount: 100, burst: 20 })
  const places = concurrentLimit('places', 3)
  const limits = [sliding, hourly, daily, places]

  describe.each(kind.survives.map((ending) => [ending]))('when a process is %s', (ending) => {
    it('the next one knows what was taken', () =>
      withState(kind, async (opened) => {
        for (const limit of [sliding, hourly, daily]) {
          await take(opened.state, charge(limit, 30), charge(places))
          await take(opened.state, charge(limit, 7, 'user:bob'))
        }
        await opened.advance(3_000)
        await take(opened.state, charge(sliding, 5))
        await opened.restart(ending, limits)
        expect(await remaining(opened.state, sliding)).toBeGreaterThanOrEqual(85)
        expect(await remaining(opened.state, sliding)).toBeLessThanOrEqual(87)
        expect(await remaining(opened.state, hourly)).toBe(70)
        expect(await remaining(opened.state, daily)).toBe(90)
        expect(await remaining(opened.state, daily, 'user:bob')).toBe(113)
        expect(await remaining(opened.state, places)).toBe(3)
      }))

    it('the next one knows what was settled, and that nothing is under way', () =>
      withState(kind, async (opened) => {
        const charges = [charge(hourly, 50), charge(daily, 50)]
        const first = await borrowed(opened.state, ...charges)
        const second = await borrowed(opened.state, ...charges)
        first(10, 20)
        second(60, 70)
        await opened.restart(ending, limits)
        expect(await remaining(opened.state, hourly)).toBe(30)
        expect(await remaining(opened.state, daily)).toBe(30)
        for (const { reserved } of await opened.state.books({ subject: null, limit: 9 })) {
          expect(reserved).toBe(0)
        }
      }))

    it('what was taken comes back in its time, not later and not sooner', () =>
      withState(kind, async (opened) => {
        await take(opened.state, charge(hourly, 100))
        await opened.advance(1_800_000)
        for (let time = 0; time < 4; time++) {
          await opened.restart(ending, limits)
          await opened.advance(450_000 - 1)
          expect(await take(opened.state, charge(hourly))).toBe(false)
        }
        await opened.advance(3_600_000 * 0.05)
        expect(await takeMany(opened.state, 200, charge(hourly))).toBe(100)
      }))

    it('a book that was emptied stays empty', () =>
      withState(kind, async (opened) => {
        await take(opened.state, charge(hourly, 100))
        await opened.state.reset({ subject: 'user:alice', limit: 10 })
        await opened.advance(6_000)
        await take(opened.state, charge(hourly, 1))
        await opened.restart(ending, limits)
        expect(await remaining(opened.state, hourly)).toBe(99)
      }))

    it('a clock that was put back meanwhile gives nothing back and closes nothing', () =>
      withState(kind, async (opened) => {
        await take(opened.state, charge(hourly, 100), charge(daily, 120))
        opened.stepWall(-24 * 3_600_000)
        await opened.restart(ending, limits)
        expect(await take(opened.state, charge(hourly))).toBe(false)
        expect(await take(opened.state, charge(daily))).toBe(false)
        await opened.advance(3_600_000 * 1.02)
        expect(await takeMany(opened.state, 200, charge(hourly))).toBe(100)
        await opened.advance(48 * 3_600_000)
        expect(await takeMany(opened.state, 200, charge(daily))).toBeGreaterThanOrEqual(100)
      }))

    it('a day that a clock was ahead by is not given again', () =>
      withState(kind, async (opened) => {
        for (const stepMs of [24 * 3_600_000, -24 * 3_600_000]) {
          opened.stepWall(stepMs)
          await take(opened.state, charge(daily))
          await opened.advance(660_000)
          await take(opened.state, charge(daily))
        }
        await opened.advance(6_000)
        const left = await remaining(opened.state, daily)
        await take(opened.state, charge(daily, 30))
        await opened.restart(ending, limits)
        expect(await remaining(opened.state, daily)).toBe(left - 30)
      }))

    it('books of limits that are no more are forgotten', () =>
      withState(kind, async (opened) => {
        await take(opened.state, charge(hourly, 10), charge(daily, 10))
        await opened.restart(ending, [daily])
        await opened.advance(6_000)
        await opened.restart(ending, limits)
        expect(await remaining(opened.state, hourly)).toBe(100)
        expect(await remaining(opened.state, daily)).toBe(110)
      }))
  })
}
