import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { followWall, steadyWall } from '../../../../src/core/limits/steady-wall.ts'

const startMs = 1_800_000_000_000
const minuteMs = 60_000
const hourMs = 60 * minuteMs

describe('a steady wall clock', () => {
  it('goes with the clock while it goes with time', () => {
    const steady = steadyWall(startMs, 0)
    expect(followWall(steady, startMs + 500, 500)).toBe(startMs + 500)
    expect(followWall(steady, startMs + hourMs, hourMs)).toBe(startMs + hourMs)
  })

  it('follows small corrections at once, however many', () => {
    const steady = steadyWall(startMs, 0)
    for (let hour = 1; hour <= 24; hour++) {
      const wallMs = startMs + hour * (hourMs + 1_500)
      expect(followWall(steady, wallMs, hour * hourMs)).toBe(wallMs)
    }
  })

  it.each([hourMs, -hourMs, 24 * hourMs, -24 * hourMs])(
    'believes a step late (%i ms)',
    (stepMs) => {
      const steady = steadyWall(startMs, 0)
      for (let minute = 1; minute <= 10; minute++) {
        const nowMs = minute * minuteMs
        expect(followWall(steady, startMs + stepMs + nowMs, nowMs)).toBe(startMs + nowMs)
      }
      const later = 11 * minuteMs
      expect(followWall(steady, startMs + stepMs + later, later)).toBe(startMs + stepMs + later)
      expect(followWall(steady, startMs + stepMs + later + 5, later + 5)).toBe(
        startMs + stepMs + later + 5,
      )
    },
  )

  it('forgets a step that was taken back, and begins anew with the next', () => {
    const steady = steadyWall(startMs, 0)
    for (let time = 0; time < 10; time++) {
      const nowMs = time * 10 * minuteMs
      followWall(steady, startMs + hourMs + nowMs, nowMs)
      expect(followWall(steady, startMs + nowMs + 9 * minuteMs, nowMs + 9 * minuteMs)).toBe(
        startMs + nowMs + 9 * minuteMs,
      )
    }
  })

  it('begins anew where the clock is set once more meanwhile', () => {
    const steady = steadyWall(startMs, 0)
    followWall(steady, startMs + hourMs, 0)
    followWall(steady, startMs + 2 * hourMs + 9 * minuteMs, 9 * minuteMs)
    expect(followWall(steady, startMs + 2 * hourMs + 12 * minuteMs, 12 * minuteMs)).toBe(
      startMs + 12 * minuteMs,
    )
    expect(followWall(steady, startMs + 2 * hourMs + 19 * minuteMs, 19 * minuteMs)).toBe(
      startMs + 2 * hourMs + 19 * minuteMs,
    )
  })

  it('is never further from monotonic time than steps that stood for ten minutes', () => {
    const readings = fc.array(
      fc.record({ apartMs: fc.nat({ max: 300_000 }), stepMs: fc.integer({ min: -1e9, max: 1e9 }) }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(readings, (all) => {
        const steady = steadyWall(startMs, 0)
        let [nowMs, lastMs] = [0, startMs]
        for (const { apartMs, stepMs } of all) {
          nowMs += apartMs
          const wallMs = followWall(steady, startMs + nowMs + stepMs, nowMs)
          expect(Math.abs(wallMs - lastMs - apartMs)).toBeLessThan(2_000)
          lastMs = wallMs
          // Every step is taken back the moment after: none has ever stood.
          lastMs = followWall(steady, startMs + nowMs, nowMs)
        }
      }),
    )
  })
})
