import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesPattern, policyAllows } from '../../../src/core/plan/policy-allows.ts'

describe('patterns of a policy', () => {
  it.each([
    ['*', 'anything/at-all', true],
    ['fast', 'fast', true],
    ['fast', 'faster', false],
    ['openai/*', 'openai/gpt-4o', true],
    ['openai/*', 'openai', false],
    ['openai/*', 'notopenai/gpt-4o', false],
    ['*-mini', 'gpt-4o-mini', true],
    ['gpt-*-mini', 'gpt-4o-mini', true],
    ['gpt-*-mini', 'gpt-mini', false],
    ['a*a', 'a', false],
    ['a**b', 'ab', true],
    ['*b*', 'abc', true],
    ['g.t', 'gpt', false],
    ['', '', true],
    ['', 'a', false],
  ])('%s and %s: %s', (pattern, name, matches) => {
    expect(matchesPattern(pattern, name)).toBe(matches)
  })

  it('mean what the same regular expression means', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    fc.assert(
      fc.property(patterns, letters, (pattern, name) => {
        const regex = new RegExp(`^${pattern.replace(/\*+/g, '.*')}$`)
        expect(matchesPattern(pattern, name)).toBe(regex.test(name))
      }),
      { numRuns: 1_000 },
    )
  })

  it('cannot be made slow', () => {
    const started = performance.now()
    matchesPattern('*a'.repeat(2_000), 'a'.repeat(1_000))
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('allow by any of a thing’s names', () => {
    const policy = { name: 'p', allow: ['fast', 'openai/*'] }
    expect(policyAllows(policy, ['quick', 'fast'])).toBe(true)
    expect(policyAllows(policy, ['openai/gpt-4o', 'gpt-4o'])).toBe(true)
    expect(policyAllows(policy, ['google/gemini', 'gemini'])).toBe(false)
    expect(policyAllows({ name: 'none', allow: [] }, ['fast'])).toBe(false)
  })
})
