import { expect, it } from 'vitest'
import { expectInStep, killAgainAndAgain, surplusOf } from './killed.ts'

/**
 * What a gateway charges is kept before the provider is asked, so that no request is served for nothing.
 * Those that were between the two when it was killed are in the books, and the provider knows nothing of
 * them; there can be no more of them than clients that the provider has not heard of.
 */
it.each([
  { times: 15, seed: 1, clients: 24, afterReplies: 80, withinMs: 400 },
  { times: 10, seed: 2, clients: 24, afterReplies: 0, withinMs: 400 },
])(
  'a gateway killed $times times under load counts all that its provider got',
  async (killing) => {
    const all = await killAgainAndAgain(killing)
    let [surplus, unseen] = [0, 0]
    for (const afterwards of all.slice(1)) {
      expectInStep(afterwards)
      const born = surplusOf(afterwards) - surplus
      expect(born).toBeGreaterThanOrEqual(0)
      expect(born).toBeLessThanOrEqual(afterwards.unseen - unseen)
      surplus += born
      unseen = afterwards.unseen
    }
    expect(all.at(-1)?.seen).toBeGreaterThan(100)
  },
  120_000,
)
