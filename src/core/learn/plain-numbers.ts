/** Beyond this a cost is a mistake: a million dollars for one request. */
const highestCostNanoUsd = 1e15

/** A reward or a share, 0 to 1; null for what is no number. */
export function plainReward(reward: number | null): number | null {
  return reward === null || Number.isNaN(reward) ? null : Math.max(0, Math.min(1, reward))
}

/** A cost in nano-dollars that can be reckoned with; null for what is no number. */
export function plainCost(costNanoUsd: number | null): number | null {
  if (costNanoUsd === null || Number.isNaN(costNanoUsd)) return null
  return Math.max(0, Math.min(highestCostNanoUsd, costNanoUsd))
}
