import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { calcPrice } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedMemory } from '../../../src/adapters/facts/bounded-memory.ts'
import { genaiPricesFacts } from '../../../src/adapters/facts/genai-prices.ts'
import { priceFrom } from '../../../src/adapters/facts/price-from.ts'
import { costNanoUsd, estimateNanoUsd } from '../../../src/core/account/price.ts'
import { unknownCapabilities } from '../../../src/core/needs.ts'
import { noUsage } from '../../../src/core/reply.ts'
import { knownProviders } from '../../../src/providers/index.ts'

const facts = genaiPricesFacts(knownProviders)

describe('who serves a bare model id', () => {
  it.each([
    ['gpt-4o-mini', ['openai']],
    ['o3', ['openai']],
    ['text-embedding-3-small', ['openai']],
    ['claude-sonnet-4-5', ['anthropic']],
    ['claude-something-not-yet-known', ['anthropic']],
    ['gemini-2.5-flash', ['google']],
    ['mistral-large-latest', ['mistral']],
    ['deepseek-chat', ['deepseek']],
    ['grok-4', ['xai']],
    ['command-r', ['cohere']],
    ['sonar-pro', ['perplexity']],
    ['glm-4.7', ['zai']],
    ['kimi-k2', ['moonshot']],
    ['llama-3.3-70b-versatile', []],
    ['nonsense', []],
    ['', []],
  ])('%s: %j', (model, providers) => {
    expect(facts.providersOf(model)).toEqual(providers)
  })

  it('is answered for anything a client may write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (model) => {
        for (const id of [...facts.providersOf(model), 'openai', 'bedrock']) {
          facts.priceOf(id, model)
          facts.capabilitiesOf(id, model)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is never a reseller', () => {
    const resellers = new Set(knownProviders.filter((one) => !one.firstParty).map(({ id }) => id))
    for (const model of facts.modelsOf('openrouter')) {
      expect(facts.providersOf(model).filter((id) => resellers.has(id))).toEqual([])
    }
  })
})

describe('prices', () => {
  it('are nano-dollars per token, rounded', () => {
    expect(facts.priceOf('openai', 'gpt-4o-mini')).toEqual({
      inputNanoUsd: 150,
      cachedInputNanoUsd: 75,
      cacheWriteNanoUsd: 150,
      outputNanoUsd: 600,
      requestNanoUsd: 0,
    })
    for (const { id } of knownProviders) {
      for (const model of facts.modelsOf(id)) {
        const price = facts.priceOf(id, model)
        if (price === null) continue
        const { tiers = [], ...base } = price
        for (const amount of [base, ...tiers].flatMap((rates) => Object.values(rates))) {
          expect(Number.isFinite(amount) && amount >= 0).toBe(true)
          expect(Math.round(amount * 1e6) / 1e6).toBe(amount)
        }
      }
    }
  })

  it('are unknown, not zero, for what is not listed', () => {
    expect(facts.priceOf('openai', 'gpt-nonsense')).toBeNull()
    expect(facts.priceOf('ollama', 'llama3.2')).toBeNull()
    expect(facts.priceOf('nobody', 'gpt-4o-mini')).toBeNull()
    expect(facts.priceOf('openai', 'whisper-1')).toBeNull()
    expect(facts.priceOf('openai', '')).toBeNull()
  })

  it('follow dated names and resellers’ names', () => {
    expect(facts.priceOf('openai', 'gpt-4o-mini-2024-07-18')).toEqual(
      facts.priceOf('openai', 'gpt-4o-mini'),
    )
    expect(facts.priceOf('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0')).not.toBeNull()
    expect(facts.priceOf('openrouter', 'openai/gpt-4o-mini')).not.toBeNull()
    expect(facts.priceOf('azure', 'gpt-4o-mini')).not.toBeNull()
  })

  it.each([
    [
      { input_mtok: 0.07, output_mtok: 0.2 },
      { inputNanoUsd: 70, cachedInputNanoUsd: 70 },
    ],
    [{ input_mtok: 1, cache_read_mtok: 0.1, output_mtok: 2 }, { cachedInputNanoUsd: 100 }],
    [{ input_mtok: 1, cache_write_mtok: 1.25, output_mtok: 2 }, { cacheWriteNanoUsd: 1_250 }],
    [{ input_mtok: 1 }, { outputNanoUsd: 0 }],
    [{ input_mtok: 1, output_image_mtok: 40 }, { outputNanoUsd: 40_000 }],
    [{ input_mtok: 1, output_mtok: 1, requests_kcount: 5 }, { requestNanoUsd: 5_000_000 }],
    [
      { input_mtok: 0, output_mtok: 0 },
      { inputNanoUsd: 0, outputNanoUsd: 0 },
    ],
    [
      { input_mtok: { base: 3, tiers: [{ start: 200_000, price: 6 }] }, output_mtok: 15 },
      {
        inputNanoUsd: 3_000,
        tiers: [{ aboveInputTokens: 200_000, inputNanoUsd: 6_000, outputNanoUsd: 15_000 }],
      },
    ],
    [
      {
        input_mtok: { base: 1, tiers: [{ start: 10, price: 2 }] },
        output_mtok: { base: 5, tiers: [{ start: 20, price: 7 }] },
      },
      {
        tiers: [
          { aboveInputTokens: 10, inputNanoUsd: 2_000, outputNanoUsd: 5_000 },
          { aboveInputTokens: 20, inputNanoUsd: 2_000, outputNanoUsd: 7_000 },
        ],
      },
    ],
    [
      { input_mtok: 1, output_mtok: 2, input_audio_mtok: 3, output_audio_mtok: 4 },
      { inputAudioNanoUsd: 3_000, outputAudioNanoUsd: 4_000 },
    ],
    [
      { input_mtok: 1, output_mtok: 2, output_reasoning_mtok: 3, cache_write_1h_mtok: 2 },
      { reasoningNanoUsd: 3_000, longCacheWriteNanoUsd: 2_000 },
    ],
  ])('%j', (listed, price) => {
    expect(priceFrom(listed, 'any')).toMatchObject(price)
  })

  it.each([[{}], [{ audio_hours: 0.1 }], [{ output_mtok: 2 }], [{ requests_kcount: 1 }]])(
    '%j is unknown',
    (listed) => {
      expect(priceFrom(listed, 'any')).toBeNull()
    },
  )

  it('come to what the tables themselves make of a usage, on both sides of every border', () => {
    for (const { id, pricedAs } of knownProviders) {
      if (pricedAs === null) continue
      for (const model of facts.modelsOf(id)) {
        const price = facts.priceOf(id, model)
        if (price?.tiers === undefined) continue
        for (const { aboveInputTokens } of price.tiers) {
          for (const input_tokens of [100, aboveInputTokens, aboveInputTokens + 1, 900_000]) {
            const theirs = calcPrice({ input_tokens, output_tokens: 777 }, model, {
              providerId: pricedAs,
            })
            const usage = { ...noUsage, inputTokens: input_tokens, outputTokens: 777 }
            const expected = Math.round((theirs?.total_price ?? Number.NaN) * 1e9)
            expect(costNanoUsd(usage, price), `${id}/${model} ${input_tokens}`).toBe(expected)
            expect(estimateNanoUsd(input_tokens, 777, price)).toBe(expected)
          }
        }
      }
    }
  })

  it('a free variant is free', () => {
    expect(priceFrom({}, 'meta-llama/llama-4-scout:free')?.inputNanoUsd).toBe(0)
  })
})

describe('context windows and listings', () => {
  it('are known where the tables know them', () => {
    expect(facts.capabilitiesOf('anthropic', 'claude-opus-5').contextWindow).toBe(1_000_000)
    expect(facts.capabilitiesOf('openai', 'gpt-nonsense')).toEqual(unknownCapabilities)
    expect(facts.modelsOf('openai')).toContain('gpt-4o-mini')
    expect(facts.modelsOf('ollama')).toEqual([])
    expect(facts.modelsOf('nobody')).toEqual([])
  })

  it('exist for every provider that is said to be in the tables', () => {
    const missing = knownProviders.filter(
      ({ id, pricedAs }) => pricedAs !== null && facts.modelsOf(id).length === 0,
    )
    expect(missing).toEqual([])
  })
})

describe('cost of knowing', () => {
  it('the tables are loaded with the first question, not before', () => {
    const source = path.resolve(import.meta.dirname, '../../../src')
    const program = `
      import { createRequire } from 'node:module'
      import { genaiPricesFacts } from '${source}/adapters/facts/genai-prices.ts'
      import { knownProviders } from '${source}/providers/index.ts'
      const { cache } = createRequire('${source}/x.ts')
      const loaded = () => Object.keys(cache).some((file) => file.includes('genai-prices'))
      const facts = genaiPricesFacts(knownProviders)
      const before = loaded()
      facts.priceOf('openai', 'gpt-4o')
      console.log(before, loaded())`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program])
    expect(output.toString().trim()).toBe('false true')
  })

  it('what clients make up is not remembered without end', () => {
    let calls = 0
    const memory = boundedMemory<number>()
    const look = (name: string): number => memory(name, () => ++calls)
    expect(look('a')).toBe(look('a'))
    for (let index = 0; index < 20_000; index++) look(`name-${index}`)
    expect(look('a')).toBe(calls)
    const long = 'x'.repeat(1_000)
    expect(look(long)).not.toBe(look(long))
  })
})
