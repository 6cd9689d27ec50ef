import { describe, expect, it } from 'vitest'
import { newRequestId } from '../../../src/adapters/system/ids.ts'

const now = 1_800_000_000_000

describe('a request id', () => {
  it('is wb_ and 26 characters that read aloud without mistakes', () => {
    expect(newRequestId(now)).toMatch(/^wb_[0-9abcdefghjkmnpqrstvwxyz]{26}$/)
  })

  it('is unique', () => {
    const ids = new Set(Array.from({ length: 100_000 }, () => newRequestId(now)))
    expect(ids.size).toBe(100_000)
  })

  it('sorts by time', () => {
    const times = [0, 1, 31, 32, 1_000, now - 1, now, now + 1, now * 2, 2 ** 48]
    const ids = times.map((time) => newRequestId(time))
    expect([...ids].sort()).toEqual(ids)
  })

  it('holds its time', () => {
    const digits = '0123456789abcdefghjkmnpqrstvwxyz'
    const time = [...newRequestId(now).slice(3, 13)].reduce(
      (sum, digit) => sum * 32 + digits.indexOf(digit),
      0,
    )
    expect(time).toBe(now)
  })

  it('draws all its letters about equally often', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 5_000; i++) {
      for (const letter of newRequestId(now).slice(13)) {
        counts.set(letter, (counts.get(letter) ?? 0) + 1)
      }
    }
    expect(counts.size).toBe(32)
    for (const count of counts.values()) expect(Math.abs(count - 2_500)).toBeLessThan(400)
  })
})
