import type { AdaptiveSettings, Target } from '../../src/core/catalog.ts'
import { type Bandit, createBandit } from '../../src/core/learn/bandit.ts'
import { featuresOf } from '../../src/core/learn/features.ts'
import type { Lesson } from '../../src/core/learn/learner.ts'
import { noNeeds, unknownCapabilities } from '../../src/core/needs.ts'
import { defaultAdaptiveSettings } from '../../src/core/plan/choice.ts'
import type { Candidate } from '../../src/core/plan/plan.ts'
import { adaptive } from '../../src/core/plan/strategies/adaptive.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { Request } from '../../src/core/request.ts'
import type { Outcome, Price, Prompt, Recorded } from './prompts.ts'

/** Means over the requests of a run. */
export interface Run {
  readonly reward: number
  readonly costUsd: number
}

/** A learner that starts with nothing has to look around more than one that is settled. */
const explorationFromNothing = 0.3
const usualOutputTokens = 200
const nano = 1e9

/** Learning only from what the chosen model did, with a tenth of the cost of the best one to spend. */
export function runStream(recorded: Recorded, seed: number): { run: Run; best: Run } {
  const best = bestModel(recorded.prompts)
  const settings: AdaptiveSettings = {
    ...defaultAdaptiveSettings,
    budgetNanoUsdPerRequest: (best.costUsd / 10) * nano,
    exploration: explorationFromNothing,
  }
  const order = shuffled(recorded.prompts, seed)
  return { run: runOver(createBandit(), order, recorded.prices, settings, seed), best }
}

/**
 * Taught with what all models did on one half, run on the other under a budget; then the other way
 * round. `mixture` is the best that two models in a fixed mixture reach for the same budget.
 */
export function runHalves(
  recorded: Recorded,
  seed: number,
  budgetUsd: number,
): { run: Run; mixture: number }[] {
  const order = shuffled(recorded.prompts, seed)
  const middle = order.length >> 1
  const settings: AdaptiveSettings = {
    ...defaultAdaptiveSettings,
    budgetNanoUsdPerRequest: budgetUsd * nano,
  }
  const halves = [order.slice(0, middle), order.slice(middle)]
  return halves.map((half, index) => {
    const bandit = createBandit()
    for (const prompt of halves[1 - index] ?? []) {
      const features = featuresOf(requestOf(prompt))
      for (const outcome of prompt.outcomes) bandit.study(features, lessonOf(outcome))
    }
    const run = runOver(bandit, half, recorded.prices, settings, seed)
    return { run, mixture: bestMixture(half, budgetUsd) }
  })
}

function runOver(
  bandit: Bandit,
  prompts: readonly Prompt[],
  prices: ReadonlyMap<string, Price>,
  settings: AdaptiveSettings,
  seed: number,
): Run {
  let reward = 0
  let costUsd = 0
  const dice = seededRandom(seed)
  for (const [turn, prompt] of prompts.entries()) {
    const request = requestOf(prompt)
    const candidates = prompt.outcomes.map((outcome) => candidateOf(outcome, request, prices))
    const ranking = adaptive.rank(candidates, {
      turn,
      seed: Math.floor(dice() * 2 ** 32),
      nowMs: turn,
      request,
      choice: { name: 'adaptive', settings },
      learner: bandit,
    })
    const chosen = ranking.order[0]?.candidate.target.name
    const outcome = prompt.outcomes.find(({ model }) => model === chosen)
    if (outcome === undefined) continue
    reward += outcome.reward
    costUsd += outcome.costUsd
    const choices = prompt.outcomes.map(({ model }) => model)
    bandit.learn(featuresOf(request), [lessonOf(outcome)], { settings, choices })
  }
  return { reward: reward / prompts.length, costUsd: costUsd / prompts.length }
}

function lessonOf({ model, reward, costUsd }: Outcome): Lesson {
  return { target: model, reward, costNanoUsd: costUsd * nano, weight: 1 }
}

/** The model with the most reward, and what it costs. */
function bestModel(prompts: readonly Prompt[]): Run {
  return modelsOf(prompts).reduce((best, run) => (run.reward > best.reward ? run : best))
}

function bestMixture(prompts: readonly Prompt[], budgetUsd: number): number {
  const models = modelsOf(prompts)
  let best = 0
  for (const low of models.filter(({ costUsd }) => costUsd <= budgetUsd)) {
    best = Math.max(best, low.reward)
    for (const high of models.filter(({ costUsd }) => costUsd > budgetUsd)) {
      const share = (budgetUsd - low.costUsd) / (high.costUsd - low.costUsd)
      best = Math.max(best, low.reward + share * (high.reward - low.reward))
    }
  }
  return best
}

function modelsOf(prompts: readonly Prompt[]): Run[] {
  const byModel = new Map<string, { reward: number; costUsd: number }>()
  for (const { outcomes } of prompts) {
    for (const { model, reward, costUsd } of outcomes) {
      const sum = byModel.get(model) ?? { reward: 0, costUsd: 0 }
      sum.reward += reward / prompts.length
      sum.costUsd += costUsd / prompts.length
      byModel.set(model, sum)
    }
  }
  return [...byModel.values()]
}

/** Fisher and Yates. */
function shuffled(prompts: readonly Prompt[], seed: number): Prompt[] {
  const dice = seededRandom(seed)
  const keyed = prompts.map((prompt) => ({ prompt, key: dice() }))
  return keyed.sort((a, b) => a.key - b.key).map(({ prompt }) => prompt)
}

function requestOf({ text }: Prompt): Request {
  return {
    id: 'wb_bench',
    endpoint: { dialect: 'openai', operation: 'chat', path: '/chat/completions', streams: null },
    model: 'bench',
    streaming: null,
    user: null,
    inputTokensEstimate: Math.ceil(text.length / 4) + 20,
    maxOutputTokens: null,
    needs: () => noNeeds,
    conversationKey: () => null,
    promptSample: () => text,
    metadata: {},
    strategy: null,
    timeoutMs: null,
    noFallback: false,
  }
}

const retry = { attempts: 1, backoffMs: 0, maxBackoffMs: 0 }
const timeouts = { connectMs: 1_000, firstTokenMs: 1_000, idleMs: 1_000, totalMs: 1_000 }

function candidateOf(
  { model }: Outcome,
  { inputTokensEstimate }: Request,
  prices: ReadonlyMap<string, Price>,
): Candidate {
  const price = prices.get(model)
  const costNanoUsd =
    price === undefined
      ? null
      : 1_000 * (inputTokensEstimate * price.input + usualOutputTokens * price.output)
  return {
    target: targetOf(model),
    route: { kind: 'pass-through', dialect: 'openai' },
    weight: 1,
    via: 'bench',
    retry,
    timeouts,
    outlook: {
      firstTokenMs: null,
      totalMs: null,
      tokensPerSecond: null,
      costNanoUsd,
      outputTokens: usualOutputTokens,
      successRate: 1,
      samples: 0,
      latencySpread: null,
      outstandingTokens: 0,
      inFlight: 0,
      breaker: 'closed',
    },
  }
}

function targetOf(model: string): Target {
  return {
    name: model,
    provider: {
      id: 'bench',
      knownAs: 'bench',
      enabled: true,
      region: null,
      reach: { kind: 'sdk', sdk: 'bench', options: {} },
      apiKeys: [],
      strict: false,
      quirks: {},
    },
    model,
    price: null,
    capabilities: unknownCapabilities,
  }
}
