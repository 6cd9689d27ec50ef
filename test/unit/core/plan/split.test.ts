import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Experiments } from '../../../../src/core/experiment/experiments.ts'
import type { Split } from '../../../../src/core/experiment/split.ts'
import { armOf } from '../../../../src/core/plan/split.ts'
import { aSplit } from '../experiment/splits.ts'
import { asking, occasionOf } from './rule-cases.ts'

const armFor = (split: Split, user: string | null, options = {}): string =>
  armOf(split, asking({ user, ...options }), occasionOf()).arm.name

const users = Array.from({ length: 20_000 }, (_, index) => `user-${index}`)

function counts(split: Split, names: readonly string[] = users): Record<string, number> {
  const found: Record<string, number> = {}
  for (const name of names) {
    const arm = armFor(split, name)
    found[arm] = (found[arm] ?? 0) + 1
  }
  return found
}

/** χ² of counts against shares; the 99.9 % quantile for 1 and 3 degrees of freedom is 10.8 and 16.3. */
function chiSquare(found: Record<string, number>, shares: Record<string, number>): number {
  const total = Object.values(found).reduce((sum, count) => sum + count, 0)
  return Object.entries(shares).reduce((sum, [arm, share]) => {
    const expected = share * total
    return sum + ((found[arm] ?? 0) - expected) ** 2 / expected
  }, 0)
}

describe('the arm of a request', () => {
  it('gets the share its weight has, of users whatever they are called', () => {
    const split = aSplit({ control: 90, canary: 10 })
    const shares = { control: 0.9, canary: 0.1 }
    expect(chiSquare(counts(split), shares)).toBeLessThan(10.8)
    const addresses = users.map((user) => `${user.slice(5).padStart(7, '0')}@example.com`)
    expect(chiSquare(counts(split, addresses), shares)).toBeLessThan(10.8)
    const four = aSplit({ a: 1, b: 2, c: 3, d: 4 })
    expect(chiSquare(counts(four), { a: 0.1, b: 0.2, c: 0.3, d: 0.4 })).toBeLessThan(16.3)
  })

  it('is the same for a user every time, and says why', () => {
    const split = aSplit({ control: 90, canary: 10 })
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (user, one, other) => {
        expect(armFor(split, user, { id: one })).toBe(armFor(split, user, { id: other }))
      }),
    )
    const assigned = armOf(split, asking({ user: 'user-1' }), occasionOf())
    expect(assigned.reason).toMatch(/^arm (control: 90|canary: 10) % of traffic by user$/)
    expect(assigned.split).toBe(split)
  })

  it('of one experiment says nothing about that of another', () => {
    const first = aSplit({ control: 50, canary: 50 })
    const second = aSplit({ control: 50, canary: 50 }, { alias: 'other' })
    const both = users.filter(
      (user) => armFor(first, user) === 'canary' && armFor(second, user) === 'canary',
    )
    // Five standard errors of a quarter of 20,000.
    expect(Math.abs(both.length - 5_000)).toBeLessThan(306)
  })

  it('moves only those whom a changed weight has to move', () => {
    const before = aSplit({ control: 90, canary: 10 })
    const after = aSplit({ control: 80, canary: 20 })
    let moved = 0
    for (const user of users) {
      const [was, is] = [armFor(before, user), armFor(after, user)]
      if (was === 'canary') expect(is).toBe('canary')
      if (was !== is) moved++
    }
    expect(Math.abs(moved / users.length - 0.1)).toBeLessThan(0.011)
  })

  it('keeps everybody where they are when an arm is added, but those who go to it', () => {
    const before = aSplit({ a: 1, b: 2 })
    const after = aSplit({ a: 1, b: 2, c: 1 })
    for (const user of users.slice(0, 3_000)) {
      const is = armFor(after, user)
      if (is !== 'c') expect(is).toBe(armFor(before, user))
    }
  })

  it('sticks by client where there is no user, and to nobody by request', () => {
    const split = aSplit({ control: 50, canary: 50 })
    const anonymous = new Set(users.slice(0, 50).map((id) => armFor(split, null, { id })))
    expect(anonymous.size).toBe(1)
    const byRequest = aSplit({ control: 50, canary: 50 }, { by: 'request' })
    const drawn = new Set(users.slice(0, 50).map((id) => armFor(byRequest, 'user-1', { id })))
    expect(drawn.size).toBe(2)
    const byClient = aSplit({ control: 50, canary: 50 }, { by: 'client' })
    expect(new Set(users.slice(0, 50).map((user) => armFor(byClient, user))).size).toBe(1)
  })

  it('is never one that was rolled back, and only its users move', () => {
    const split = aSplit({ a: 50, b: 30, canary: 20 })
    const experiments: Experiments = {
      halted: (_, arm) => (arm === 'canary' ? 'too many errors' : null),
      observe: () => null,
      report: () => [],
      use: () => {},
      snapshot: () => ({}),
    }
    for (const user of users.slice(0, 3_000)) {
      const now = armOf(split, asking({ user }), occasionOf({ experiments }))
      const before = armFor(split, user)
      if (before !== 'canary') expect(now.arm.name).toBe(before)
      expect(now.arm.name).not.toBe('canary')
      expect(now.reason).toContain('arm canary was rolled back: too many errors')
      expect(now.reason).toMatch(/^arm (a: 62.5|b: 37.5) % of traffic by user/)
    }
  })
})
