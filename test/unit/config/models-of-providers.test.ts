import { describe, expect, it } from 'vitest'
import { costNanoUsd } from '../../../src/core/account/price.ts'
import { unknownCapabilities } from '../../../src/core/needs.ts'
import { noUsage } from '../../../src/core/reply.ts'
import { catalogOf, configure } from './configure.ts'

const withModel = (settings: string) =>
  `providers: { openai: { apiKey: abcdef, models: { m: ${settings} } } }`
const targetOf = (settings: string) => catalogOf(withModel(settings)).targets.get('openai/m')
const problems = (settings: string) => configure(withModel(settings)).problems

describe('prices of a model', () => {
  it('may have tiers, and amounts for what is billed apart', () => {
    const price = `{
      input: 3, output: 15, cachedInput: 0.3, longCacheWrite: 6, reasoning: 20, inputAudio: 32,
      request: 0.005, image: 0.04, tiers: [{ above: 200000, input: 6, output: 22.5 }] }`
    expect(targetOf(`{ price: ${price} }`)?.price).toEqual({
      inputNanoUsd: 3_000,
      cachedInputNanoUsd: 300,
      cacheWriteNanoUsd: 3_000,
      outputNanoUsd: 15_000,
      longCacheWriteNanoUsd: 6_000,
      reasoningNanoUsd: 20_000,
      inputAudioNanoUsd: 32_000,
      requestNanoUsd: 5_000_000,
      imageNanoUsd: 40_000_000,
      tiers: [
        {
          aboveInputTokens: 200_000,
          inputNanoUsd: 6_000,
          // Raised as input and output are.
          cachedInputNanoUsd: 600,
          cacheWriteNanoUsd: 6_000,
          longCacheWriteNanoUsd: 12_000,
          inputAudioNanoUsd: 64_000,
          outputNanoUsd: 22_500,
          reasoningNanoUsd: 30_000,
        },
      ],
    })
  })

  it('a tier keeps what it says itself', () => {
    const tiers = '[{ above: 10, input: 2, output: 2, cachedInput: 0.7, cacheWrite: 0.8 }]'
    const price = targetOf(`{ price: { input: 1, output: 1, cachedInput: 0.5, tiers: ${tiers} } }`)
    expect(price?.price?.tiers).toMatchObject([{ cachedInputNanoUsd: 700, cacheWriteNanoUsd: 800 }])
  })

  it('a base of nothing raises nothing', () => {
    const tiers = '[{ above: 10, input: 2, output: 2 }]'
    const price = targetOf(
      `{ price: { input: 0, output: 0, cachedInput: 0, reasoning: 1, tiers: ${tiers} } }`,
    )?.price
    expect(price?.tiers).toMatchObject([{ inputNanoUsd: 2_000, cachedInputNanoUsd: 2_000 }])
    expect(price?.tiers?.[0]).not.toHaveProperty('reasoningNanoUsd')
    const usage = { ...noUsage, inputTokens: 20, cachedInputTokens: 20 }
    expect(costNanoUsd(usage, price ?? null)).toBe(40_000)
  })

  it.each([
    [
      '{ input: 1, output: 1, tiers: [{ above: 200, input: 1, output: 1 }, { above: 100, input: 1, output: 1 }] }',
      'price.tiers[1].above: must be more than the 200 of the tier before it, not 100',
    ],
    ['{ input: 1, output: 1, tiers: [] }', 'price.tiers'],
    ['{ input: 1, output: 1, tiers: [{ input: 1, output: 1 }] }', 'price.tiers[0].above'],
    ['{ input: 1, output: 1, tiers: [{ above: 1.5, input: 1, output: 1 }] }', 'tiers[0].above'],
    ['{ input: 1, output: 1, tiers: [{ above: 5, input: 1 }] }', 'price.tiers[0].output'],
    ['{ input: 1, output: 1, image: -1 }', 'price.image'],
    ['{ input: 1, output: 1, cachedinput: 1 }', 'Did you mean "cachedInput"?'],
    ['{ input: 1 }', 'price.output'],
    ['cheap', 'must be free, or { input, output }'],
  ])('%s: %s', (price, message) => {
    expect(problems(`{ price: ${price} }`)).toEqual([expect.stringContaining(message)])
  })
})

describe('capabilities of a model', () => {
  it('are what the configuration says, else what is known', () => {
    const { targets } = catalogOf(`
providers:
  openai:
    apiKey: abcdef
    models:
      gpt-4o: { maxOutputTokens: 4096, capabilities: { tools: false, vision: true } }
      other: { contextWindow: 8192, capabilities: { assistantPrefix: true } }
      plain: {}
`)
    expect(targets.get('openai/gpt-4o')?.capabilities).toEqual({
      ...unknownCapabilities,
      contextWindow: 128_000,
      maxOutputTokens: 4_096,
      tools: false,
      vision: true,
    })
    expect(targets.get('openai/other')?.capabilities).toEqual({
      ...unknownCapabilities,
      contextWindow: 8_192,
      assistantPrefix: true,
    })
    expect(targets.get('openai/plain')?.capabilities).toEqual(unknownCapabilities)
  })

  it.each([
    ['{ capabilities: { visoin: true } }', 'Did you mean "vision"?'],
    ['{ capabilities: { vision: maybe } }', 'capabilities.vision: must be true or false'],
    ['{ capabilities: [vision] }', 'capabilities: must be a mapping'],
    ['{ capabilities: { contextWindow: 8 } }', 'contextWindow'],
    ['{ maxOutputTokens: 0 }', 'maxOutputTokens: must be at least 1'],
    ['{ contextWindow: 1.5 }', 'contextWindow'],
  ])('%s: %s', (settings, message) => {
    expect(problems(settings)).toEqual([expect.stringContaining(message)])
  })
})
