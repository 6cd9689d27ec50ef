import { describe, expect, it } from 'vitest'
import { limitWords, quantity, waitWords } from '../../../../src/core/limits/limit-words.ts'
import { aLimit } from './some-limits.ts'

describe('a wait in words', () => {
  it.each([
    [0, '1 s'],
    [1, '1 s'],
    [11_001, '12 s'],
    [120_000, '120 s'],
    [120_001, '3 min'],
    [3_540_001, '1 h'],
    [3_600_000, '1 h'],
    [18_720_000, '5 h 12 min'],
    [86_400_000, '1 d'],
    [86_400_001, '1 d 1 h'],
    [30 * 86_400_000, '30 d'],
  ])('%i ms is %s, never less', (waitMs, words) => {
    expect(waitWords(waitMs)).toBe(words)
  })
})

describe('an amount in words', () => {
  it.each([
    ['cost', 5e9, '$5.00'],
    ['cost', 12_300_000, '$0.0123'],
    ['cost', 1_000, '$0.000001'],
    ['cost', 1_234_500_000_000, '$1234.50'],
    ['requests', 1, '1 request'],
    ['inputTokens', 2, '2 input tokens'],
    ['concurrent', 1, '1 request'],
  ] as const)('%s %i is %s', (metric, amount, words) => {
    expect(quantity(metric, amount)).toBe(words)
  })

  it('has its period and burst', () => {
    const limit = aLimit(['user'], {}, { metric: 'outputTokens', per: 'hour', burst: 20 })
    expect(limitWords(limit)).toBe('100 output tokens per hour (burst 20)')
    const money = aLimit(['user'], {}, { metric: 'cost', per: 'month', amount: 1e9, burst: 5e8 })
    expect(limitWords(money)).toBe('$1.00 per month (burst $0.50)')
  })
})
