import { describe, expect, it } from 'vitest'
import { beginningIn, durationIn, endIn } from '../../../../src/http/admin/time-words.ts'

const nowMs = Date.parse('2026-11-20T10:00:00Z')

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1.5h', 5_400_000],
    [' 1 d ', 86_400_000],
  ])('%s', (text, milliseconds) => {
    expect(durationIn(text)).toBe(milliseconds)
  })

  it.each(['', '7', 'd', '-1d', '1e3s', '1M', '1 day', '9999999999d', '.5h', 'constructor'])(
    'none: "%s"',
    (text) => {
      expect(durationIn(text)).toBeNull()
    },
  )
})

describe('ends and beginnings', () => {
  it('a date is a whole day, in UTC', () => {
    expect(endIn('2026-12-31', nowMs)).toBe(Date.parse('2026-12-31T23:59:59.999Z'))
    expect(beginningIn('2026-12-31', nowMs)).toBe(Date.parse('2026-12-31T00:00:00Z'))
  })

  it('a time is that time', () => {
    const at = Date.parse('2026-12-31T10:00:00Z')
    for (const text of [
      '2026-12-31T10:00:00Z',
      '2026-12-31T10:00Z',
      '2026-12-31 10:00:00.000Z',
      '2026-12-31T12:00:00+02:00',
    ]) {
      expect(endIn(text, nowMs), text).toBe(at)
      expect(beginningIn(text, nowMs), text).toBe(at)
    }
  })

  it('a duration counts from now', () => {
    expect(endIn('1h', nowMs)).toBe(nowMs + 3_600_000)
    expect(beginningIn('1h', nowMs)).toBe(nowMs - 3_600_000)
  })

  it.each([
    '2026-02-30',
    '2026-13-01',
    '2026-1-1',
    '26-01-01',
    '2026-12-31T25:00:00Z',
    '2026-12-31T10:00:00',
    '2026-12-31T',
    'tomorrow',
    '',
    '0',
  ])('none: "%s"', (text) => {
    expect(endIn(text, nowMs)).toBeNull()
    expect(beginningIn(text, nowMs)).toBeNull()
  })
})
