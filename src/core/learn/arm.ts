import { absorb, amend, dot, leverage, newSums, type Solution, type Sums, solve } from './ridge.ts'

/** Outputs of the sums. */
const rewardOutput = 0
const costOutput = 1

/** How many lessons what is known of all targets together counts as, for a single one. */
const armStrength = 20
/** And how many the assumption counts as, for all together, that nothing depends on the request. */
const sharedStrength = 5

/** Features that requests really differ in: so many lessons have to be learned before an error is small. */
const usualDimension = 10

/** Solving costs as much as some dozens of lessons, while one lesson in many changes little. */
const longestWait = 16

/** Variance of rewards before any was seen: a quarter of their range, worth a few lessons. */
const priorNoise = { variance: 0.0625, lessons: 4 }
/**
 * The same for the logarithm of costs: a factor of two either way. Two bills that differ a hundredfold
 * would otherwise make a target look too dear to be tried again, and it would stay so.
 */
const priorCostNoise = { variance: 0.5, lessons: 10 }
/** A cost so many standard deviations above the usual is hardly ever exceeded. */
const highest = 3
/** How far, in standard deviations and in logarithms, a guess of a cost may be from the usual one. */
const widestGuess = { deviations: 3, logarithm: 2.5 }
/** Bills that the assumption counts as that guesses of costs are right on average. */
const guessLessons = 5

/** A mean that forgets. */
export interface Mean {
  sum: number
  weight: number
}

/** What was learned of one target, or of all of them together. */
export interface Arm {
  readonly sums: Sums
  /** Rewards seen. Not faded: it is for the minimum of samples. */
  samples: number
  /** Lessons heard, with a reward or without. */
  tries: number
  /** Squared surprises: the part of rewards and of the logarithms of costs that no feature explains. */
  readonly noise: Mean
  readonly costNoise: Mean
  /** Logarithm of costs, and their squared distance from its mean. */
  readonly logCost: Mean
  readonly logCostSpread: Mean
  /** Costs over what the features said of them: a mean of logarithms lies below the logarithm of a mean. */
  readonly cost: Mean
  readonly guess: Mean
  unsolved: number
  solution: Solution
}

export function newArm(dimension: number): Arm {
  const sums = newSums(dimension, 2)
  return {
    sums,
    samples: 0,
    tries: 0,
    noise: newMean(),
    costNoise: newMean(),
    logCost: newMean(),
    logCostSpread: newMean(),
    cost: newMean(),
    guess: newMean(),
    unsolved: 0,
    solution: solve(sums, sharedStrength, [null, null]),
  }
}

/** What an arm is expected to bring for a request with these features. */
export function expectedReward(arm: Arm, features: Float64Array): number {
  return within(dot(weightsOf(arm, rewardOutput), features), -0.5, 1.5)
}

/** Standard error of `expectedReward`. */
export function rewardError(arm: Arm, features: Float64Array): number {
  const variance = shrunk(arm.noise, priorNoise)
  return Math.sqrt(variance * leverage(arm.solution, features))
}

/** About the standard error for a request of the usual kind: falls with the lessons learned. */
export function usualRewardError(arm: Arm): number {
  const variance = shrunk(arm.noise, priorNoise)
  return Math.sqrt((variance * usualDimension) / (arm.sums.weight + usualDimension))
}

/** Expected cost in nano-dollars; null before any bill was seen. */
export function expectedCost(arm: Arm, features: Float64Array): number | null {
  if (arm.logCost.weight === 0) return null
  const prior = guessLessons * meanOf(arm.cost)
  const correction = within((arm.cost.sum + prior) / (arm.guess.sum + prior), 0.1, 10)
  return correction * guessedCost(arm, features)
}

/** How many times its expected cost one request will hardly exceed. */
export function highCost(arm: Arm): number {
  return Math.exp(highest * Math.min(1, Math.sqrt(shrunk(arm.costNoise, priorCostNoise))))
}

/** What a request costs whatever is asked; null before any bill was seen. */
export function meanCost(arm: Arm): number | null {
  return arm.cost.weight === 0 ? null : meanOf(arm.cost)
}

/** One lesson; `reward` or `costNanoUsd` null where it says nothing of it. */
export interface Teaching {
  readonly features: Float64Array
  readonly reward: number | null
  readonly costNanoUsd: number | null
  /** How often it counts, usually 1. */
  readonly weight: number
  /** What is kept of everything before, 0 to 1. */
  readonly keep: number
}

/**
 * Learns. Where the lesson has no reward or no cost, what was expected stands in for it: that leaves
 * the weights as they are. Returns the reward that was learned.
 */
export function teach(arm: Arm, shared: Arm, teaching: Teaching): number {
  const { features, reward, weight, keep } = teaching
  const expected = dot(weightsOf(arm, rewardOutput), features)
  const deviation = noteCost(arm, teaching)
  const outputs = [reward ?? expected, deviation ?? dot(weightsOf(arm, costOutput), features)]
  const sharedOutputs = [
    reward ?? dot(weightsOf(shared, rewardOutput), features),
    deviation ?? dot(weightsOf(shared, costOutput), features),
  ]
  absorb(arm.sums, features, outputs, keep, weight)
  // It hears of every arm, so it would forget as many times faster as there are arms.
  absorb(shared.sums, features, sharedOutputs, Math.sqrt(keep), weight)
  arm.tries++
  if (reward !== null) {
    arm.samples++
    note(arm.noise, (reward - expected) ** 2, keep)
  }
  shared.unsolved++
  arm.unsolved++
  solveWhenDue(shared, sharedStrength, [null, null])
  solveWhenDue(arm, armStrength, shared.solution.weights)
  return reward ?? expected
}

/** The client's own score comes after the lesson: replaces what was learned then. */
export function reteach(arm: Arm, shared: Arm, features: Float64Array, difference: number): void {
  amend(arm.sums, features, rewardOutput, difference)
  amend(shared.sums, features, rewardOutput, difference)
  shared.unsolved++
  arm.unsolved++
  solveWhenDue(shared, sharedStrength, [null, null])
  solveWhenDue(arm, armStrength, shared.solution.weights)
}

/** After sums were read from a snapshot. */
export function solveNow(arm: Arm, shared: Arm | null): void {
  arm.unsolved = 0
  arm.solution =
    shared === null
      ? solve(arm.sums, sharedStrength, [null, null])
      : solve(arm.sums, armStrength, shared.solution.weights)
}

function solveWhenDue(arm: Arm, strength: number, priors: readonly (Float64Array | null)[]): void {
  if (arm.unsolved < Math.min(longestWait, 1 + arm.sums.weight / 8)) return
  arm.unsolved = 0
  arm.solution = solve(arm.sums, strength, priors)
}

/** Notes a cost; returns how far its logarithm is from the usual one of this arm. */
function noteCost(arm: Arm, { features, costNanoUsd, keep }: Teaching): number | null {
  if (costNanoUsd === null) return null
  const value = Math.log(Math.max(1, costNanoUsd))
  const known = arm.logCost.weight > 0
  const guess = known ? guessedCost(arm, features) : Math.exp(value)
  if (known) {
    note(arm.costNoise, (value - Math.log(guess)) ** 2, keep)
    note(arm.logCostSpread, (value - meanOf(arm.logCost)) ** 2, keep)
  }
  note(arm.cost, Math.max(1, costNanoUsd), keep)
  note(arm.guess, guess, keep)
  note(arm.logCost, value, keep)
  return value - meanOf(arm.logCost)
}

function guessedCost(arm: Arm, features: Float64Array): number {
  const deviation = Math.sqrt(shrunk(arm.logCostSpread, priorCostNoise))
  const widest = Math.min(widestGuess.logarithm, widestGuess.deviations * deviation)
  const guess = within(dot(weightsOf(arm, costOutput), features), -widest, widest)
  return Math.exp(meanOf(arm.logCost) + guess)
}

const noWeights = new Float64Array(0)

function weightsOf(arm: Arm, output: number): Float64Array {
  return arm.solution.weights[output] ?? noWeights
}

export function newMean(): Mean {
  return { sum: 0, weight: 0 }
}

function note(mean: Mean, value: number, keep: number): void {
  mean.sum = keep * mean.sum + value
  mean.weight = keep * mean.weight + 1
}

function meanOf({ sum, weight }: Mean): number {
  return weight > 0 ? sum / weight : 0
}

function shrunk(mean: Mean, prior: { variance: number; lessons: number }): number {
  return (mean.sum + prior.variance * prior.lessons) / (mean.weight + prior.lessons)
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}
