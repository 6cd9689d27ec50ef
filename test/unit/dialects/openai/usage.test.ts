import { describe, expect, it } from 'vitest'
import { readUsage, usageOfBody, writeUsage } from '../../../../src/dialects/openai/usage.ts'

const figures = (value: Parameters<typeof readUsage>[0]) => {
  const usage = readUsage(value)
  return (
    usage && [
      usage.inputTokens,
      usage.cachedInputTokens,
      usage.cacheWriteTokens,
      usage.outputTokens,
      usage.reasoningTokens,
    ]
  )
}

describe('readUsage', () => {
  it.each([
    ['OpenAI', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, [10, 0, 0, 5, 0]],
    [
      'cached and reasoning tokens within the totals',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 7 },
        completion_tokens_details: { reasoning_tokens: 30 },
      },
      [100, 80, 7, 50, 30],
    ],
    [
      'DeepSeek',
      { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 8 },
      [9, 8, 0, 1, 0],
    ],
    ['Mistral', { prompt_tokens: 9, completion_tokens: 1, num_cached_tokens: 4 }, [9, 4, 0, 1, 0]],
    [
      'cached tokens beside the prompt (Grok at Azure)',
      {
        prompt_tokens: 29,
        completion_tokens: 6,
        total_tokens: 35,
        prompt_tokens_details: { cached_tokens: 157 },
      },
      [186, 157, 0, 6, 0],
    ],
    [
      'reasoning beside the completion (xAI)',
      {
        prompt_tokens: 700,
        completion_tokens: 15,
        total_tokens: 825,
        completion_tokens_details: { reasoning_tokens: 110 },
      },
      [700, 0, 0, 125, 110],
    ],
    [
      'more reasoning than completion',
      {
        prompt_tokens: 40,
        completion_tokens: 14,
        total_tokens: 54,
        completion_tokens_details: { reasoning_tokens: 43 },
      },
      [40, 0, 0, 57, 43],
    ],
    [
      'thoughts in the total only (Gemini)',
      { prompt_tokens: 66, completion_tokens: 6, total_tokens: 100 },
      [66, 0, 0, 34, 28],
    ],
    [
      'audio in the total only (Mistral)',
      {
        prompt_tokens: 9,
        completion_tokens: 248,
        total_tokens: 632,
        prompt_tokens_details: { audio_tokens: 375 },
      },
      [384, 0, 0, 248, 0],
    ],
    ['a total alone (rerank)', { total_tokens: 43 }, [43, 0, 0, 0, 0]],
    ['images', { input_tokens: 20, output_tokens: 1000, total_tokens: 1020 }, [20, 0, 0, 1000, 0]],
    ['null details', { prompt_tokens: 1, prompt_tokens_details: null }, [1, 0, 0, 0, 0]],
    ['nonsense', { prompt_tokens: -1, completion_tokens: 'many', total_tokens: null }, null],
    ['a negative part', { prompt_tokens: 9, completion_tokens: -1, total_tokens: 8 }, null],
    [
      'an absurd total',
      { prompt_tokens: 9, completion_tokens: 1, total_tokens: 1e18 },
      [9, 0, 0, 1, 0],
    ],
    ['an absurd total alone', { total_tokens: 1e18 }, null],
    ['an absurd part', { prompt_tokens: 1e18, completion_tokens: 1, total_tokens: 2 }, null],
    [
      'impossible details',
      {
        prompt_tokens: 9,
        completion_tokens: 1,
        prompt_tokens_details: { cached_tokens: -4, cache_write_tokens: 1e18 },
        completion_tokens_details: { reasoning_tokens: -1 },
      },
      [9, 0, 0, 1, 0],
    ],
    ['a cost', { cost_in_usd_ticks: 7 }, null],
    ['a duration', { type: 'duration', seconds: 37 }, null],
    ['nothing', null, null],
  ])('%s', (_, value, expected) => {
    expect(figures(value)).toEqual(expected)
  })

  it('looks where Groq puts it', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4 }
    expect(usageOfBody({ x_groq: { usage } })?.outputTokens).toBe(4)
  })

  it('reads what it writes', () => {
    const usage = {
      inputTokens: 100,
      cachedInputTokens: 60,
      cacheWriteTokens: 10,
      outputTokens: 50,
      reasoningTokens: 20,
    }
    expect(readUsage(writeUsage(usage))).toEqual(usage)
  })
})
