/** One target for one request; the cost in budgets of a request. */
export interface Option {
  readonly reward: number
  readonly cost: number
}

/** At this price a reward of 1 is given up for saving half a budget: money decides alone. */
const highest = 2
const rounds = 24

/**
 * The lowest price of money at which the best options of all requests cost at most `plan` on average:
 * the multiplier of the budget in "most reward for this money" (Lagrangian relaxation of a
 * multiple-choice knapsack). Spending falls as the price rises, so halving the interval finds it.
 */
export function priceOfMoney(requests: readonly (readonly Option[])[], plan: number): number {
  if (requests.length === 0 || meanCost(requests, 0) <= plan) return 0
  let low = 0
  let high = highest
  for (let round = 0; round < rounds; round++) {
    // Most prices are small: the middle of a row that ends near 0 is nearer to 0.
    const middle = low + (high - low) / 4
    if (meanCost(requests, middle) > plan) low = middle
    else high = middle
  }
  return high
}

function meanCost(requests: readonly (readonly Option[])[], price: number): number {
  let sum = 0
  for (const options of requests) {
    let best = Number.NEGATIVE_INFINITY
    let cost = 0
    for (const option of options) {
      const score = option.reward - price * option.cost
      if (score < best || (score === best && option.cost >= cost)) continue
      best = score
      cost = option.cost
    }
    sum += cost
  }
  return sum / requests.length
}
