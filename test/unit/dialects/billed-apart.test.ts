import { describe, expect, it } from 'vitest'
import { costNanoUsd } from '../../../src/core/account/price.ts'
import {
  readUsage as anthropic,
  writeUsage as toAnthropic,
} from '../../../src/dialects/anthropic/usage.ts'
import { readUsage as gemini, writeUsage as toGemini } from '../../../src/dialects/gemini/usage.ts'
import { inspectReply } from '../../../src/dialects/openai/inspect-reply.ts'
import { readUsage as openai, writeUsage as toOpenai } from '../../../src/dialects/openai/usage.ts'

describe('tokens that are billed apart', () => {
  it('audio and images in Chat Completions', () => {
    const usage = openai({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { audio_tokens: 60, image_tokens: 10, cached_tokens: 0 },
      completion_tokens_details: { audio_tokens: 40, reasoning_tokens: 0 },
    })
    expect(usage).toMatchObject({
      inputTokens: 100,
      inputAudioTokens: 60,
      inputImageTokens: 10,
      outputAudioTokens: 40,
    })
    if (usage !== null) expect(openai(toOpenai(usage))).toEqual(usage)
  })

  it('audio and images in Gemini', () => {
    const usage = gemini({
      promptTokenCount: 100,
      candidatesTokenCount: 1300,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 40 },
        { modality: 'AUDIO', tokenCount: 60 },
      ],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
    })
    expect(usage).toMatchObject({ inputAudioTokens: 60, outputImageTokens: 1290 })
    if (usage !== null) expect(gemini(toGemini(usage))).toEqual(usage)
  })

  it('long caches in Messages', () => {
    const usage = anthropic({
      input_tokens: 5,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 70 },
      output_tokens: 1,
    })
    expect(usage).toMatchObject({ cacheWriteTokens: 100, longCacheWriteTokens: 70 })
    if (usage !== null) expect(anthropic(toAnthropic(usage))).toEqual(usage)
  })

  it.each([
    [{ promptTokenCount: 5, promptTokensDetails: 'x', candidatesTokensDetails: [null, 1, {}] }],
    [{ promptTokenCount: 5, promptTokensDetails: [{ modality: 'AUDIO', tokenCount: -1 }] }],
  ])('what is mistyped is not there: %j', (metadata) => {
    expect(gemini(metadata)).toEqual(gemini({ promptTokenCount: 5 }))
  })
})

describe('images', () => {
  const inspect = (body: Record<string, unknown>) => {
    const parsed = JSON.parse(JSON.stringify(body))
    return inspectReply('image', { has: (name) => name in parsed, get: (name) => parsed[name] })
      .usage
  }

  it('that count no tokens are counted themselves', () => {
    const usage = inspect({ created: 1, data: [{ url: 'https://x.test/1' }, { b64_json: 'YQ==' }] })
    expect(usage).toMatchObject({ images: 2, inputTokens: 0, outputTokens: 0 })
    const price = {
      inputNanoUsd: 0,
      cachedInputNanoUsd: 0,
      cacheWriteNanoUsd: 0,
      outputNanoUsd: 0,
      requestNanoUsd: 0,
      imageNanoUsd: 40_000_000,
    }
    expect(usage && costNanoUsd(usage, price)).toBe(80_000_000)
  })

  it('that count tokens have those too', () => {
    const usage = inspect({
      data: [{ b64_json: 'YQ==' }],
      usage: { input_tokens: 10, output_tokens: 4000, total_tokens: 4010 },
    })
    expect(usage).toMatchObject({ images: 1, outputTokens: 4000 })
  })

  it.each([[{}], [{ data: [] }], [{ data: [{ revised_prompt: 'x' }] }], [{ data: 'x' }]])(
    'none in %j',
    (body) => {
      expect(inspect(body)).toBeNull()
    },
  )
})
