import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../../../src/core/reply.ts'
import { readUsage, usageReader, writeUsage } from '../../../../src/dialects/anthropic/usage.ts'

describe('usage', () => {
  it('counts cached tokens into the input, which Anthropic leaves out', () => {
    const usage = readUsage({
      input_tokens: 5,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 7,
      output_tokens: 20,
      output_tokens_details: { thinking_tokens: 12 },
    })
    expect(usage).toEqual({
      inputTokens: 112,
      cachedInputTokens: 100,
      cacheWriteTokens: 7,
      outputTokens: 20,
      reasoningTokens: 12,
    })
  })

  it('takes the latest count of each kind and never adds them up', () => {
    const reader = usageReader()
    reader.see({ input_tokens: 10, cache_read_input_tokens: 4, output_tokens: 1 })
    reader.see({ output_tokens: 9 })
    reader.see({ input_tokens: 12, cache_read_input_tokens: null, output_tokens: 30 })
    expect(reader.total()).toMatchObject({ inputTokens: 16, outputTokens: 30 })
  })

  it('adds the turns of compaction, which stand in no other count, and nobody else', () => {
    const usage = readUsage({
      input_tokens: 600,
      output_tokens: 40,
      iterations: [
        { type: 'compaction', input_tokens: 9000, cache_read_input_tokens: 50, output_tokens: 300 },
        { type: 'message', input_tokens: 600, output_tokens: 40 },
        { type: 'advisor_message', model: 'other', input_tokens: 700, output_tokens: 5 },
      ],
    })
    expect(usage).toMatchObject({ inputTokens: 9650, outputTokens: 340 })
  })

  it.each([
    null,
    {},
    'many',
    { input_tokens: '5' },
    { input_tokens: -1 },
    { input_tokens: -1, cache_read_input_tokens: 100, output_tokens: 5 },
    { input_tokens: 1, output_tokens: 1e18 },
  ])('reads %j as none', (wire) => {
    expect(readUsage(wire)).toBeNull()
  })

  it('is written so that the three input counts add up to the total', () => {
    fc.assert(
      fc.property(arbitraryUsage, (usage) => {
        const wire = writeUsage(usage)
        const counts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
        expect(counts.reduce((sum, key) => sum + Number(wire[key]), 0)).toBe(usage.inputTokens)
        expect(readUsage(wire)).toEqual(usage)
      }),
    )
  })
})

const tokens = fc.nat(1_000_000)
const arbitraryUsage: fc.Arbitrary<Usage> = fc
  .record({ plain: tokens, read: tokens, write: tokens, text: tokens, thinking: tokens })
  .map(({ plain, read, write, text, thinking }) => ({
    inputTokens: plain + read + write,
    cachedInputTokens: read,
    cacheWriteTokens: write,
    outputTokens: text + thinking,
    reasoningTokens: thinking,
  }))
