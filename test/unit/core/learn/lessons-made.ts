import type { AdaptiveSettings } from '../../../../src/core/catalog.ts'
import { type Bandit, createBandit } from '../../../../src/core/learn/bandit.ts'
import { featuresOf } from '../../../../src/core/learn/features.ts'
import type { Judgement, Lesson } from '../../../../src/core/learn/learner.ts'
import { defaultAdaptiveSettings } from '../../../../src/core/plan/choice.ts'
import type { Request } from '../../../../src/core/request.ts'
import { aRequest } from '../plans.ts'

export function settingsWith(own: Partial<AdaptiveSettings> = {}): AdaptiveSettings {
  return { ...defaultAdaptiveSettings, ...own }
}

export function asking(text: string): Request {
  return aRequest({ promptSample: () => text, inputTokensEstimate: Math.ceil(text.length / 4) })
}

export function lesson(target: string, reward: number | null, costNanoUsd = 1_000): Lesson {
  return { target, reward, costNanoUsd, weight: 1 }
}

export function choicesOf(targets: readonly string[], costNanoUsd: number | null = 1_000) {
  return targets.map((target) => ({ target, costNanoUsd }))
}

const places = { trial: 3, proven: 2, unproven: 1, 'too-dear': 0 }

/** Index of what the strategy would put first. */
export function winner(judgements: readonly Judgement[]): number {
  let best = 0
  for (const [index, { standing, key }] of judgements.entries()) {
    const other = judgements[best]
    if (other === undefined) continue
    const ahead = places[standing] - places[other.standing] || key - other.key
    if (ahead > 0) best = index
  }
  return best
}

/** A bandit that was taught the same reward of each target `times` times. */
export function taught(rewards: Readonly<Record<string, number>>, times: number): Bandit {
  const bandit = createBandit()
  for (let turn = 0; turn < times; turn++) {
    const features = featuresOf(asking(`question number ${turn}, what is it?`))
    for (const [target, reward] of Object.entries(rewards)) {
      bandit.study(features, lesson(target, reward))
    }
  }
  return bandit
}

/** Judgements as plain values, to compare. */
export function figures(judgements: readonly Judgement[]) {
  return judgements.map((judgement) => ({ ...judgement, error: judgement.error() }))
}
