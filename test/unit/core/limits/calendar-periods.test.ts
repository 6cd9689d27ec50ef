import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarPeriods } from '../../../../src/core/limits/calendar-periods.ts'
import { periods } from '../../../../src/core/limits/limit.ts'

const at = (text: string) => Date.parse(text)
const hourMs = 3_600_000

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Cairo',
  'Atlantic/Azores',
]

describe('periods of a calendar', () => {
  const of = calendarPeriods()
  const spanOf = (wall: string, period: (typeof periods)[number], zone: string) => {
    const { startMs, endMs } = of(at(wall), period, zone)
    return [new Date(startMs).toISOString(), new Date(endMs).toISOString()]
  }

  it('are those of UTC', () => {
    const wall = '2026-11-20T14:35:12.345Z'
    expect(spanOf(wall, 'second', 'UTC')[0]).toBe('2026-11-20T14:35:12.000Z')
    expect(spanOf(wall, 'minute', 'UTC')[1]).toBe('2026-11-20T14:36:00.000Z')
    expect(spanOf(wall, 'hour', 'UTC')[0]).toBe('2026-11-20T14:00:00.000Z')
    expect(spanOf(wall, 'day', 'UTC')).toEqual([
      '2026-11-20T00:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
    ])
    expect(spanOf('2027-12-31T23:59:59Z', 'month', 'UTC')).toEqual([
      '2027-12-01T00:00:00.000Z',
      '2028-01-01T00:00:00.000Z',
    ])
  })

  it('begin where people in the zone say so', () => {
    expect(spanOf('2026-11-20T22:30:00Z', 'day', 'Europe/Berlin')[1]).toBe(
      '2026-11-20T23:00:00.000Z',
    )
    expect(spanOf('2026-11-20T23:00:00Z', 'day', 'Europe/Berlin')[0]).toBe(
      '2026-11-20T23:00:00.000Z',
    )
    expect(spanOf('2026-11-20T10:10:00Z', 'hour', 'Asia/Kolkata')[0]).toBe(
      '2026-11-20T09:30:00.000Z',
    )
    expect(spanOf('2026-11-01T03:00:00Z', 'month', 'America/New_York')[1]).toBe(
      '2026-11-01T04:00:00.000Z',
    )
  })

  it('have 23 or 25 hours when clocks change', () => {
    const hours = (wall: string, zone: string) => {
      const { startMs, endMs } = of(at(wall), 'day', zone)
      return (endMs - startMs) / hourMs
    }
    expect(hours('2026-03-29T12:00:00Z', 'Europe/Berlin')).toBe(23)
    expect(hours('2026-10-25T12:00:00Z', 'Europe/Berlin')).toBe(25)
    expect(hours('2026-04-05T01:00:00Z', 'Australia/Lord_Howe')).toBe(24.5)
  })

  it('begin with the first instant of a day whose midnight is left out or comes twice', () => {
    // Clocks went from 23:59 to 01:00, and on the Azores from 00:59 back to 00:00.
    expect(spanOf('2018-11-04T12:00:00Z', 'day', 'America/Sao_Paulo')).toEqual([
      '2018-11-04T03:00:00.000Z',
      '2018-11-05T02:00:00.000Z',
    ])
    expect(spanOf('2026-10-25T12:00:00Z', 'day', 'Atlantic/Azores')[0]).toBe(
      '2026-10-25T00:00:00.000Z',
    )
  })

  it('hold the instant that is asked for, and follow each other without a gap', () => {
    const instants = fc.integer({ min: at('2012-01-05T00:00Z'), max: at('2035-01-01T00:00Z') })
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom(...periods),
        fc.constantFrom(...zones),
        (wallMs, period, zone) => {
          const { startMs, endMs } = of(wallMs, period, zone)
          expect(startMs).toBeLessThanOrEqual(wallMs)
          expect(endMs).toBeGreaterThan(wallMs)
          if (period !== 'day' && period !== 'month') return
          expect(calendarPeriods()(startMs, period, zone)).toEqual({ startMs, endMs })
          expect(calendarPeriods()(endMs - 1, period, zone)).toEqual({ startMs, endMs })
          expect(calendarPeriods()(endMs, period, zone).startMs).toBe(endMs)
        },
      ),
      { seed: 20_261_120, numRuns: 1_500 },
    )
  })

  it('refuse a time zone that does not exist', () => {
    expect(() => of(0, 'day', 'Europe/Atlantis')).toThrow(RangeError)
  })
})
