/**
 * How long planning takes: one alias with 32 targets that all have a history and some load, by each
 * strategy (`adaptive` with a learner that knows them all), and what most requests are: one target,
 * behind an alias or named by the client. `node bench/planning.ts` prints microseconds per plan; the
 * goal is a p99 of 20.
 */
import { performance } from 'node:perf_hooks'
import {
  type Alias,
  type Catalog,
  type StrategyChoice,
  strategyNames,
  type Target,
} from '../src/core/catalog.ts'
import { createFleet, type Fleet } from '../src/core/health/fleet.ts'
import { openWarmth } from '../src/core/health/warmth.ts'
import { createBandit } from '../src/core/learn/bandit.ts'
import { featuresOf } from '../src/core/learn/features.ts'
import { noNeeds, unknownCapabilities } from '../src/core/needs.ts'
import { choiceOf } from '../src/core/plan/choice.ts'
import { makePlan, type Resolved } from '../src/core/plan/make-plan.ts'
import type { Surroundings } from '../src/core/plan/surroundings.ts'
import { seededRandom } from '../src/core/random.ts'
import { noUsage } from '../src/core/reply.ts'
import type { Request } from '../src/core/request.ts'

const targetCount = 32
const line = 'Why is the sky blue?'
const plans = 50_000
const warmUp = 20_000

const needs = { ...noNeeds, tools: true, streaming: true }
const targets = Array.from({ length: targetCount }, (_, index) => aTarget(index))
const fleet = createFleet()
const nowMs = withHistory(fleet)
const warmth = openWarmth()
const catalog = aCatalog()

interface Case {
  readonly name: string
  readonly resolved: Resolved
  readonly prompt: string
}

const page = `${line} Explain it step by step, for a child of eight years, in 3 sentences. `.repeat(
  11,
)
const learner = trained()
const [first] = targets
const cases: Case[] = strategyNames.map((name) => aCase(name, anAlias(choiceOf(name), targets)))
cases.push(aCase('adaptive, 1 KB', anAlias(choiceOf('adaptive'), targets), page))
for (const name of ['weighted', 'latency', 'adaptive'] as const) {
  cases.push(aCase(`1 × ${name}`, anAlias(choiceOf(name), targets.slice(0, 1))))
}
if (first !== undefined) {
  cases.push({ name: '1 direct', resolved: { as: 'target', target: first }, prompt: line })
}

// All of them before any is timed: a gateway plans by several, and code compiled for one is redone.
for (const one of cases) for (let round = 0; round < warmUp; round++) plan(one, round)
for (const one of cases) {
  const times = measure(one)
  const at = (quantile: number) => (times[Math.floor(plans * quantile)] ?? 0).toFixed(1).padStart(6)
  console.log(`${one.name.padEnd(14)} p50 ${at(0.5)} µs   p99 ${at(0.99)} µs`)
}

function aCase(name: string, alias: Alias, prompt = line): Case {
  return { name, resolved: { as: 'alias', alias }, prompt }
}

function anAlias(strategy: StrategyChoice, among: readonly Target[]): Alias {
  return {
    name: 'chat',
    description: null,
    synonyms: [],
    strategy,
    targets: among.map((target) => ({ target, weight: 1 })),
    fallbacks: [],
    retry: { attempts: 2, backoffMs: 100, maxBackoffMs: 2_000 },
    timeouts: { connectMs: 3_000, firstTokenMs: 60_000, idleMs: 60_000, totalMs: 600_000 },
  }
}

/** Has seen each target answer a hundred prompts. */
function trained() {
  const bandit = createBandit()
  const random = seededRandom(7)
  for (let round = 0; round < 100; round++) {
    const prompt = `${line} ${'word '.repeat(round % 17)}${random() < 0.3 ? '= 3 + 4' : ''}`
    const features = featuresOf(aRequest(round, prompt))
    for (const [index, { name }] of targets.entries()) {
      const reward = 0.5 + index / 100 + 0.3 * random()
      bandit.study(features, { target: name, reward, costNanoUsd: 1e5 * (1 + index), weight: 1 })
    }
  }
  return bandit
}

/** Microseconds per plan, in ascending order. */
function measure(one: Case): Float64Array {
  const times = new Float64Array(plans)
  // The same plans first: what none of them did before, say for its hour, is compiled anew.
  for (let round = 0; round < plans; round++) plan(one, round)
  for (let round = 0; round < plans; round++) times[round] = plan(one, round) * 1_000
  return times.sort()
}

/** Milliseconds one plan takes. */
function plan({ resolved, prompt }: Case, round: number): number {
  const request = aRequest(round, prompt)
  const surroundings = surroundingsAt(round)
  const startedMs = performance.now()
  makePlan(request, resolved, catalog, surroundings)
  return performance.now() - startedMs
}

function surroundingsAt(round: number): Surroundings {
  return {
    fleet,
    nowMs: nowMs + round / 100,
    seed: Math.imul(round, 0x9e3779b1),
    turn: Math.abs(round),
    occasion: {
      client: { name: 'local', policy: { name: 'default', allow: ['*'] } },
      region: null,
      wallMs: 0,
      rule: null,
      regions: null,
      regionTimes: null,
      experiments: null,
    },
    learnerOf: () => learner,
    warmth,
    hedging: null,
  }
}

function aTarget(index: number): Target {
  const id = `provider-${index}`
  const inputNanoUsd = 100 * (1 + ((index * 7) % targetCount))
  return {
    name: `${id}/some-model-of-usual-length`,
    provider: {
      id,
      knownAs: id,
      enabled: true,
      region: null,
      reach: {
        kind: 'http',
        addresses: new Map([['openai', { origin: `https://${id}.test`, basePath: '/v1' }]]),
        auth: { kind: 'bearer' },
        headers: {},
        query: {},
      },
      apiKeys: [],
      strict: false,
      quirks: {},
    },
    model: 'some-model-of-usual-length',
    price: {
      inputNanoUsd,
      cachedInputNanoUsd: inputNanoUsd / 2,
      cacheWriteNanoUsd: inputNanoUsd,
      outputNanoUsd: inputNanoUsd * 4,
      requestNanoUsd: 0,
    },
    capabilities: { ...unknownCapabilities, tools: true, vision: false, contextWindow: 128_000 },
  }
}

/** Lets every target answer 100 requests and leaves some under way; returns the time afterwards. */
function withHistory(fleet: Fleet): number {
  let atMs = 0
  for (let round = 0; round < 100; round++) {
    for (const [index, target] of targets.entries()) {
      atMs += 3
      const underway = fleet.sent(target, { inputTokens: 1_000, outputTokens: 200 }, atMs)
      underway.firstOutput(atMs + 200 + index * 10)
      if (round > 97 && index % 3 === 0) continue
      const usage = { ...noUsage, inputTokens: 1_000, outputTokens: 150 + index }
      const finished = { result: 'success', failure: null, usage, costNanoUsd: 1 } as const
      underway.ended(finished, atMs + 1_000 + index * 70 + (round % 10) * 20)
    }
  }
  return atMs + 5_000
}

function aRequest(round: number, prompt: string): Request {
  return {
    id: `wb_${round}`,
    endpoint: { dialect: 'openai', operation: 'chat', path: '/chat/completions', streams: null },
    model: 'chat',
    streaming: 'sse',
    user: null,
    inputTokensEstimate: 1_500,
    maxOutputTokens: null,
    needs: () => needs,
    conversationKey: () => 'conversation',
    promptSample: () => prompt,
    metadata: {},
    strategy: null,
    timeoutMs: null,
    noFallback: false,
  }
}

function aCatalog(): Catalog {
  return {
    generation: 1,
    providers: new Map(),
    targets: new Map(),
    aliases: new Map(),
    policies: new Map(),
    clients: new Map(),
    clientsByKeyHash: new Map(),
    facts: {
      providersOf: () => [],
      priceOf: () => null,
      capabilitiesOf: () => unknownCapabilities,
      modelsOf: () => [],
    },
  }
}
