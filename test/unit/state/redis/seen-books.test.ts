import { describe, expect, it } from 'vitest'
import { SeenBooks } from '../../../../src/adapters/state/redis/seen-books.ts'
import { TermsOfLimits } from '../../../../src/adapters/state/redis/terms.ts'
import {
  calendarLimit,
  charge,
  concurrentLimit,
  slidingLimit,
} from '../../../conformance/limits/limits.ts'

const wallMs = Date.UTC(2027, 0, 15, 8)
const minute = slidingLimit('minute', { amount: 100, burst: 20 })
const day = calendarLimit('day', 'day', { amount: 100 })
const places = concurrentLimit('places', 5)

function rig() {
  const terms = new TermsOfLimits('b:')
  const seen = new SeenBooks(terms)
  const note = (limit: typeof minute, remaining: number, resetMs: number) => {
    const binding = { limit, subject: 'user:alice' }
    terms.of(limit, wallMs)
    seen.note(terms.keyOf(binding), binding, remaining, resetMs, 0, wallMs)
    return binding
  }
  return { seen, note }
}

describe('books seen in replies', () => {
  it('are full where nothing was seen', () => {
    const { seen } = rig()
    expect(seen.reading(charge(minute), 0, wallMs)).toMatchObject({ remaining: 120, resetMs: 0 })
    expect(seen.firstDenied([charge(minute, 120)], 0, wallMs)).toBeNull()
  })

  it('come back bit by bit where they slide, at once where they are calendars', () => {
    const { seen, note } = rig()
    note(minute, 0, 60_000)
    note(day, 10, 3_600_000)
    expect(seen.reading(charge(minute), 30_000, wallMs)).toMatchObject({
      remaining: 60,
      resetMs: 30_000,
    })
    expect(seen.reading(charge(minute), 60_000, wallMs)).toMatchObject({ remaining: 120 })
    expect(seen.reading(charge(day), 3_599_999, wallMs)).toMatchObject({ remaining: 10 })
    expect(seen.reading(charge(day), 3_600_000, wallMs)).toMatchObject({ remaining: 100 })
  })

  it('keep nobody out for longer than a second by what was refused once', () => {
    const { seen, note } = rig()
    const binding = note(minute, 10, 60_000)
    seen.noteLack(binding, 20, 7_000)
    const asked = [charge(minute, 20)]
    expect(seen.firstDenied([charge(minute, 19)], 0, wallMs)).toBeNull()
    expect(seen.firstDenied(asked, 1_000, wallMs)).toMatchObject({ needed: 20, remaining: 11 })
    expect(seen.firstDenied(asked, 1_001, wallMs)).toBeNull()
  })

  it('keep nobody out by what another gateway may have given back', () => {
    const { seen, note } = rig()
    for (const limit of [day, places]) {
      seen.noteLack(note(limit, 0, 3_600_000), 1, 3_600_000)
      expect(seen.firstDenied([charge(limit)], 0, wallMs)).toBeNull()
    }
  })

  it('say until when as the last refusal said, and keep nobody out after that', () => {
    const { seen, note } = rig()
    const binding = note(minute, 0, 60_000)
    expect(seen.firstDenied([charge(minute, 50)], 100, wallMs)).toBeNull()
    seen.noteLack(binding, 40, 700)
    expect(seen.firstDenied([charge(minute, 50)], 100, wallMs)?.retryAfterMs).toBe(600)
    expect(seen.firstDenied([charge(minute, 130)], 100, wallMs)?.retryAfterMs).toBeNull()
    expect(seen.firstDenied([charge(minute, 50)], 700, wallMs)).toBeNull()
  })

  it('tell what calendars had used, for when it is lost', () => {
    const { seen, note } = rig()
    note(day, 30, 3_600_000)
    note(minute, 0, 60_000)
    expect(seen.used()).toEqual([
      { limit: day, subject: 'user:alice', startMs: Date.UTC(2027, 0, 15), used: 70 },
    ])
    seen.forget((subject) => subject === 'user:alice')
    expect(seen.used()).toEqual([])
  })
})
