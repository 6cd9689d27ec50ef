import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, editDistance, nearNames } from '../../../src/core/near-names.ts'

describe('nearNames', () => {
  it.each([
    ['opnai', ['openai', 'anthropic', 'google'], ['openai']],
    ['gpt-4o-min', ['gpt-4o', 'gpt-4o-mini', 'other'], ['gpt-4o-mini', 'gpt-4o']],
    ['fsat', ['fast', 'smart'], ['fast']],
    ['FAST', ['fast'], ['fast']],
    ['claude', ['claude-sonnet-4-5', 'gemini-2.5-pro'], ['claude-sonnet-4-5']],
    ['x', ['completely', 'different'], []],
    ['', ['a'], []],
  ])('%s', (wanted, known, near) => {
    expect(nearNames(wanted, known)).toEqual(near)
  })

  it('gives no more than asked for, each once', () => {
    expect(nearNames('name', ['name1', 'name2', 'name1', 'name3', 'name4'], 2)).toEqual([
      'name1',
      'name2',
    ])
  })

  it('is not slowed down by long names', () => {
    const started = performance.now()
    expect(nearNames('a'.repeat(100_000), ['b'.repeat(100_000)])).toEqual([])
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('finds every name that one edit was made to', () => {
    const name = fc.stringMatching(/^[a-z]{4,20}$/)
    fc.assert(
      fc.property(name, fc.nat(), fc.nat(2), (original, at, kind) => {
        const index = at % original.length
        const rest = original.slice(index + 1)
        const changed = original.slice(0, index) + ['', 'é', `${original[index]}é`][kind] + rest
        return nearNames(changed, ['zzzzzzzzzzzz', original]).includes(original)
      }),
    )
  })
})

describe('editDistance', () => {
  it('is a distance', () => {
    const text = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })

  it('counts a swap of neighbours once', () => {
    expect(editDistance('ab', 'ba')).toBe(1)
    expect(editDistance('kitten', 'sitting')).toBe(3)
  })
})

describe('didYouMean', () => {
  it('reads as a question', () => {
    expect(didYouMean([])).toBe('')
    expect(didYouMean(['a'])).toBe(' Did you mean "a"?')
    expect(didYouMean(['a', 'b', 'c'])).toBe(' Did you mean "a", "b" or "c"?')
  })
})
