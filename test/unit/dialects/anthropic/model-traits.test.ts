import { describe, expect, it } from 'vitest'
import { modelTraits } from '../../../../src/dialects/anthropic/model-traits.ts'

describe('what a model takes', () => {
  it.each([
    ['claude-3-haiku-20240307', 'none', 4096, 4096],
    ['claude-3-opus-20240229', 'none', 4096, 4096],
    ['claude-3-5-sonnet-20241022', 'none', 8192, 8192],
    ['claude-3-7-sonnet@20250219', 'budget', 8192, 64_000],
    ['claude-opus-4-20250514', 'budget', 8192, 32_000],
    ['claude-opus-4-1', 'budget', 8192, 32_000],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'budget', 32_000, 64_000],
    ['anthropic/claude-haiku-4.5', 'budget', 32_000, 64_000],
    ['claude-sonnet-4-6', 'adaptive', 32_000, 128_000],
    ['claude-opus-5', 'adaptive', 32_000, 128_000],
    ['claude-sonnet-latest', 'adaptive', 32_000, 128_000],
  ])(
    '%s thinks by %s and writes %i tokens unless told, at most %i',
    (model, thinking, usual, most) => {
      expect(modelTraits(model)).toMatchObject({
        thinking,
        defaultMaxTokens: usual,
        mostOutputTokens: most,
      })
    },
  )

  it('is known of the ones that take no sampling, no schema, or think always', () => {
    expect(modelTraits('claude-opus-4-7').refusesSampling).toBe(true)
    expect(modelTraits('claude-opus-4-6').refusesSampling).toBe(false)
    expect(modelTraits('claude-sonnet-4-20250514').jsonSchema).toBe(false)
    expect(modelTraits('claude-opus-4-1-20250805').jsonSchema).toBe(true)
    expect(modelTraits('claude-sonnet-5-5').alwaysThinks).toBe(true)
    expect(modelTraits('claude-opus-5').alwaysThinks).toBe(false)
    expect(modelTraits('claude-fable-5').refusesForcedTools).toBe(false)
    expect(modelTraits('claude-fable-5-1').refusesForcedTools).toBe(true)
  })

  it('is not guessed for models of others', () => {
    expect(modelTraits('kimi-k2')).toMatchObject({ mostOutputTokens: null, thinking: 'budget' })
  })
})
