import type { AdaptiveSettings } from '../catalog.ts'
import { type Arm, expectedCost, expectedReward, newArm, reteach, teach } from './arm.ts'
import { type BanditState, newBanditState } from './bandit-state.ts'
import { dimension } from './features.ts'
import { judge } from './judge.ts'
import type { Learner, Lesson } from './learner.ts'
import { pay, setPrice } from './pacer.ts'
import { plainCost, plainReward } from './plain-numbers.ts'

/** How many recent requests set the price of money, and after how many it is set again. */
const mostRecent = 256
const repriceEvery = 16

/** Of the past, with each lesson of a target: half is forgotten after some 1,400 of them. */
const keep = 0.9995
/** Of the shares of targets in the traffic. */
const keepShare = 0.98
/** Most targets it remembers; the one with the least that is not forgotten makes room. */
const mostArms = 64

export interface Bandit extends Learner {
  readonly state: BanditState
  /** How a request went, attempt by attempt, the one that answered last; the budget pays for all. */
  learn(features: Float64Array, lessons: readonly Lesson[], terms: Terms): Learned | null
  /** The same of a request that was paid for long ago, from records. */
  study(features: Float64Array, lesson: Lesson): Learned | null
  /** A better judgement of what was learned before. Returns what is learned now. */
  correct(features: Float64Array, learned: Learned, reward: number): Learned
}

/** What a lesson is learned under. */
export interface Terms {
  readonly settings: AdaptiveSettings
  /** Targets there were to choose from. */
  readonly choices: readonly string[]
}

/** What became of a lesson, for a correction later. */
export interface Learned {
  readonly target: string
  readonly reward: number
  readonly weight: number
  /** False where nothing was said of the reward: what was expected stood in for it. */
  readonly rated: boolean
}

/** The bandit described in `learner.ts`, over a state that it changes. */
export function createBandit(state: BanditState = newBanditState()): Bandit {
  return {
    state,
    judge: (request, choices, settings, seed) => judge(state, request, choices, settings, seed),
    learn: (features, lessons, terms) => learn(state, features, lessons, terms),
    study: (features, lesson) => (hear(state, features) ? study(state, features, lesson) : null),
    correct: (features, learned, reward) => correct(state, features, learned, reward),
  }
}

function learn(
  state: BanditState,
  features: Float64Array,
  lessons: readonly Lesson[],
  { settings, choices }: Terms,
): Learned | null {
  if (!hear(state, features)) return null
  let last: Learned | null = null
  let costNanoUsd = 0
  for (const lesson of lessons) {
    last = study(state, features, lesson)
    costNanoUsd += plainCost(lesson.costNanoUsd) ?? 0
  }
  const budget = settings.budgetNanoUsdPerRequest
  if (budget !== null && budget > 0) {
    pay(state.pacer, costNanoUsd, budget)
    if (state.pacer.requests % repriceEvery === 1) reprice(state, choices, budget)
  }
  if (last !== null) noteShare(state, last.target)
  return last
}

/** Remembers what requests are like. False where these cannot be features of ours. */
function hear(state: BanditState, features: Float64Array): boolean {
  if (features.length !== dimension || !features.every(Number.isFinite)) return false
  state.recent[state.heard++ % mostRecent] = features
  return true
}

function study(state: BanditState, features: Float64Array, lesson: Lesson): Learned {
  const reward = plainReward(lesson.reward)
  const costNanoUsd = plainCost(lesson.costNanoUsd)
  const weight = plainReward(lesson.weight) ?? 1
  const arm = armOf(state, lesson.target)
  const learned = teach(arm, state.shared, { features, reward, costNanoUsd, weight, keep })
  return { target: lesson.target, reward: learned, weight, rated: reward !== null }
}

function correct(
  state: BanditState,
  features: Float64Array,
  learned: Learned,
  reward: number,
): Learned {
  const arm = state.arms.get(learned.target)
  const better = plainReward(reward)
  if (arm === undefined || better === null) return learned
  reteach(arm, state.shared, features, learned.weight * (better - learned.reward))
  if (!learned.rated) arm.samples++
  return { ...learned, reward: better, rated: true }
}

/** Only of targets that are there to be chosen. */
function reprice(state: BanditState, choices: readonly string[], budgetNanoUsd: number): void {
  const arms = choices.map((target) => state.arms.get(target)).filter((arm) => arm !== undefined)
  if (arms.length === 0) return
  const options = state.recent.map((features) =>
    arms.map((arm) => ({
      reward: expectedReward(arm, features),
      cost: (expectedCost(arm, features) ?? 0) / budgetNanoUsd,
    })),
  )
  setPrice(state.pacer, options, budgetNanoUsd)
}

function noteShare({ shares }: BanditState, served: string): void {
  for (const [target, share] of shares) shares.set(target, share * keepShare)
  shares.set(served, (shares.get(served) ?? 0) + 1 - keepShare)
}

function armOf(state: BanditState, target: string): Arm {
  const known = state.arms.get(target)
  if (known !== undefined) return known
  if (state.arms.size >= mostArms) forgetLeast(state)
  const arm = newArm(dimension)
  state.arms.set(target, arm)
  return arm
}

function forgetLeast(state: BanditState): void {
  const [least] = [...state.arms].toSorted(([, a], [, b]) => a.sums.weight - b.sums.weight)
  if (least === undefined) return
  state.arms.delete(least[0])
  state.shares.delete(least[0])
}
