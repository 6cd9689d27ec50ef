import { describe, expect, it } from 'vitest'
import {
  type BudgetCase,
  type BudgetResult,
  playBudget,
} from '../../../../bench/estimates/budget.ts'

const plain: BudgetCase = {
  spread: 'within 20 %',
  variedInput: false,
  bound: null,
  seen: 100,
  retries: true,
}

async function playAll(change: Partial<BudgetCase>, runs = 8): Promise<BudgetResult[]> {
  const results: BudgetResult[] = []
  for (let seed = 0; seed < runs; seed++)
    results.push(await playBudget({ ...plain, ...change }, seed))
  return results
}

const most = (results: readonly BudgetResult[]) => Math.max(...results.map(({ spent }) => spent))
const least = (results: readonly BudgetResult[]) => Math.min(...results.map(({ spent }) => spent))
const mean = (results: readonly BudgetResult[]) =>
  results.reduce((sum, { spent }) => sum + spent, 0) / results.length

/** In the end, of a dollar, 200 requests of about $0.05 that came at once and asked again when refused. */
describe('a budget of $1', () => {
  it('is spent to the last cent by requests that are all the same', async () => {
    const results = await playAll({ spread: 'all the same' }, 2)
    expect([least(results), most(results)]).toEqual([1, 1])
    expect(results.map(({ atFirst }) => atFirst)).toEqual([20, 20])
  })

  it.each(['within 10 %', 'within 40 %'] as const)(
    'is held and used within two hundredths where prompts differ, and output is %s',
    async (spread) => {
      const results = await playAll({ spread, variedInput: true })
      expect(most(results)).toBeLessThanOrEqual(1.022)
      expect(least(results)).toBeGreaterThanOrEqual(0.98)
      expect(results.filter(({ spent }) => spent > 1.02).length).toBeLessThanOrEqual(1)
    },
  )

  it.each([0, 100])('is held by requests of one kind too, %i replies being known', async (seen) => {
    // One of 5 % more or less: where 96.5 % are spent, none fits, and at 98 % nobody can aim.
    for (const bound of [null, 1.5, 4]) {
      const results = await playAll({ seen, bound })
      expect(most(results)).toBeLessThanOrEqual(1.022)
      expect(least(results)).toBeGreaterThanOrEqual(0.955)
      expect(mean(results)).toBeGreaterThanOrEqual(0.98)
    }
  })

  it('is held by replies of which one is as short as nothing and the next twice as long', async () => {
    const results = await playAll({ spread: 'within 90 %' })
    expect(most(results)).toBeLessThanOrEqual(1.05)
    expect(mean(results)).toBeGreaterThanOrEqual(0.965)
  })

  it('lets four find out when nothing is known of the replies, and soon more', async () => {
    const results = await playAll({ seen: 0, spread: 'within 40 %' })
    for (const { atFirst, mostUnderWay, spent } of results) {
      expect(atFirst).toBe(4)
      expect(mostUnderWay).toBeLessThanOrEqual(8)
      expect(spent).toBeLessThanOrEqual(1.03)
    }
  })

  it('lets all begin at once that fit by their max_tokens', async () => {
    const [result] = await playAll({ seen: 0, bound: 1.5, spread: 'all the same' }, 1)
    expect(result?.atFirst).toBe(13)
  })

  it('refuses nobody for whom there is room', async () => {
    const results = await playAll({ variedInput: true, retries: false })
    for (const { refused, refusedFalsely, spent } of results) {
      expect(refused).toBeGreaterThan(150)
      expect(refusedFalsely).toBe(0)
      expect(spent).toBeGreaterThan(0.8)
    }
  })
})
