import { describe, expect, it } from 'vitest'
import { genaiPricesFacts } from '../../../../src/adapters/facts/genai-prices.ts'
import { plainModelName } from '../../../../src/core/capabilities/family.ts'
import { knownCapabilities } from '../../../../src/core/capabilities/known-capabilities.ts'
import { type Capabilities, unknownCapabilities } from '../../../../src/core/needs.ts'
import { modelTraits } from '../../../../src/dialects/anthropic/model-traits.ts'
import { knownProviders } from '../../../../src/providers/index.ts'

describe('the plain name of a model', () => {
  it.each([
    ['openai/gpt-4o', 'gpt-4o'],
    ['gpt-4.1-mini', 'gpt-4.1-mini'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929-v1:0'],
    ['models/gemini-2.5-flash', 'gemini-2.5-flash'],
    ['accounts/fireworks/models/llama-v3p1-70b-instruct', 'llama-v3p1-70b-instruct'],
    ['GLM-4.6', 'glm-4.6'],
    ['llama3.2', 'llama3.2'],
    ['', ''],
  ])('%j: %j', (model, expected) => {
    expect(plainModelName(model)).toBe(expected)
  })
})

describe('what is known of a model', () => {
  it.each<[string, string, Partial<Capabilities>]>([
    [
      'openai',
      'gpt-4o-mini-2024-07-18',
      { vision: true, contextWindow: 128_000, maxOutputTokens: 16_384, reasoning: false },
    ],
    ['openai', 'gpt-4o-2024-05-13', { jsonSchema: false, maxOutputTokens: 4_096 }],
    ['openai', 'gpt-4o-audio-preview', { audio: true, vision: false }],
    ['openai', 'gpt-4o-transcribe', unknownCapabilities],
    ['openai', 'gpt-4', { vision: false, jsonMode: false, contextWindow: 8_192 }],
    ['openai', 'gpt-4-0613', { contextWindow: 8_192 }],
    ['openai', 'gpt-4-turbo', { vision: true, maxOutputTokens: 4_096 }],
    ['openai', 'gpt-3.5-turbo', { vision: false, jsonSchema: false }],
    ['azure', 'gpt-35-turbo', { vision: false, jsonSchema: false, reasoning: false }],
    ['openai', 'gpt-4.1', { contextWindow: 1_047_576, reasoning: false }],
    ['openai', 'gpt-5', { reasoning: true, contextWindow: 400_000, maxOutputTokens: 128_000 }],
    ['openai', 'gpt-5-mini-2025-08-07', { reasoning: true, maxOutputTokens: 128_000 }],
    ['openai', 'gpt-5-chat-latest', { reasoning: false, tools: null }],
    ['openai', 'gpt-5.4', { reasoning: true, contextWindow: null, audio: null }],
    ['openai', 'gpt-5-pro', { reasoning: true, streaming: null }],
    ['openai', 'gpt-image-1', unknownCapabilities],
    ['openai', 'gpt-5-image', unknownCapabilities],
    ['openai', 'o1-mini', { tools: false, vision: false }],
    ['openai', 'o3-mini', { vision: false, reasoning: true, parallelTools: false }],
    ['openai', 'o4-mini', { vision: true, reasoning: true }],
    ['openai', 'text-embedding-3-small', unknownCapabilities],
    ['groq', 'openai/gpt-oss-120b', { vision: false, reasoning: true, contextWindow: null }],

    ['anthropic', 'claude-3-opus-20240229', { reasoning: false, maxOutputTokens: 4_096 }],
    ['anthropic', 'claude-3-5-sonnet-20241022', { maxOutputTokens: 8_192, assistantPrefix: true }],
    ['anthropic', 'claude-3-7-sonnet-latest', { reasoning: true }],
    ['anthropic', 'claude-opus-4-20250514', { maxOutputTokens: 32_000, contextWindow: 200_000 }],
    ['anthropic', 'claude-opus-4-1', { maxOutputTokens: 32_000, contextWindow: 200_000 }],
    ['vertex', 'claude-opus-4@20250514', { maxOutputTokens: 32_000 }],
    ['anthropic', 'claude-sonnet-4-0', { maxOutputTokens: 64_000, contextWindow: 1_000_000 }],
    ['anthropic', 'claude-sonnet-4-5-20250929', { contextWindow: 1_000_000, audio: false }],
    ['anthropic', 'claude-opus-4-5', { jsonSchema: true, contextWindow: 200_000 }],
    ['anthropic', 'claude-haiku-4-5', { jsonSchema: true, assistantPrefix: true }],
    ['anthropic', 'claude-opus-4-6', { assistantPrefix: false, maxOutputTokens: 128_000 }],
    ['anthropic', 'claude-opus-5-5', { vision: true, contextWindow: null, assistantPrefix: false }],
    [
      'bedrock',
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      { contextWindow: 200_000, promptCache: true },
    ],
    ['openrouter', 'anthropic/claude-opus-4.1', { contextWindow: null, vision: true }],

    ['google', 'gemini-2.5-flash', { audio: true, reasoning: true, maxOutputTokens: 65_536 }],
    ['google', 'gemini-2.0-flash', { reasoning: false, maxOutputTokens: 8_192 }],
    ['google', 'gemini-3-pro-preview', { audio: true, reasoning: true }],
    ['google', 'gemini-flash-latest', { audio: true, reasoning: true }],
    ['google', 'gemini-2.5-flash-image', unknownCapabilities],
    ['google', 'gemini-2.5-pro-preview-tts', unknownCapabilities],
    ['google', 'gemini-embedding-001', unknownCapabilities],

    ['mistral', 'mistral-small-latest', { vision: true, tools: true }],
    ['mistral', 'pixtral-12b', { vision: true }],
    ['mistral', 'mistral-large-latest', { vision: null, tools: true }],
    ['deepseek', 'deepseek-chat', { jsonSchema: false, jsonMode: true, contextWindow: 1_000_000 }],
    ['together', 'deepseek-ai/DeepSeek-V3.1', { vision: false, contextWindow: null }],
    ['xai', 'grok-3', { vision: false, reasoning: false }],
    ['xai', 'grok-4-0709', { vision: true, reasoning: true }],
    ['ollama', 'llama3.2', { vision: false, tools: null }],
    ['ollama', 'llama3.2-vision:11b', { vision: true }],
    ['groq', 'llama-3.3-70b-versatile', { vision: false }],
    ['groq', 'meta-llama/llama-4-scout-17b-16e-instruct', { vision: true }],
    ['bedrock', 'us.meta.llama3-2-90b-instruct-v1:0', { vision: true }],
    ['fireworks', 'accounts/fireworks/models/llama-v3p1-70b-instruct', { vision: false }],
    ['groq', 'qwen/qwen3-32b', { vision: false }],
    ['together', 'Qwen/Qwen2.5-VL-72B-Instruct', { vision: true }],
    ['moonshot', 'kimi-k2-0905-preview', { vision: false, tools: true }],
    ['moonshot', 'kimi-k2.5', { vision: true }],
    ['zai', 'glm-4.6', { vision: false }],
    ['zai', 'glm-4.5v', { vision: true }],
    ['bedrock', 'amazon.nova-micro-v1:0', { vision: false }],
    ['openrouter', 'mistralai/mistral-nemo', { vision: false, pdf: true }],
    ['ollama', 'something-of-tomorrow', unknownCapabilities],
    ['nobody', '', unknownCapabilities],
    ['__proto__', 'constructor', unknownCapabilities],
  ])('%s/%s', (provider, model, expected) => {
    expect(knownCapabilities(provider, model)).toMatchObject(expected)
  })

  it('agrees with what requests to Claude are fitted to', () => {
    const facts = genaiPricesFacts(knownProviders)
    for (const model of facts.modelsOf('anthropic').filter((name) => /-\d/.test(name))) {
      const { maxOutputTokens, jsonSchema, reasoning } = facts.capabilitiesOf('anthropic', model)
      const traits = modelTraits(model)
      // 3.7 writes twice as much with a beta.
      if (maxOutputTokens !== null && !model.includes('3-7')) {
        expect([model, maxOutputTokens]).toEqual([model, traits.mostOutputTokens])
      }
      if (jsonSchema === true) expect([model, traits.jsonSchema]).toEqual([model, true])
      if (reasoning !== null)
        expect([model, traits.thinking !== 'none']).toEqual([model, reasoning])
    }
  })
})
