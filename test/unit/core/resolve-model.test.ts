import { describe, expect, it } from 'vitest'
import type { Policy } from '../../../src/core/catalog.ts'
import { resolveModel } from '../../../src/core/plan/resolve-model.ts'
import { catalogOf } from '../config/configure.ts'

const catalog = catalogOf(`
providers:
  openai: { apiKey: abcdef }
  east: { like: anthropic, apiKey: abcdef }
  west: { like: anthropic, apiKey: abcdef }
  google: { enabled: false }
  tight: { like: openai, apiKey: abcdef, strict: true, models: { gpt-5: {}, tight-only: {} } }
  ollama: { models: { llama3.2: { price: free }, "org/model": {} } }
models:
  fast: { aliases: [quick], targets: [openai/gpt-4o-mini] }
  smart: { targets: [east/claude-sonnet-4-5] }
`)
const everything: Policy = { name: 'default', allow: ['*'] }
const only = (...allow: string[]): Policy => ({ name: 'narrow', allow })

function resolve(asked: string, policy: Policy = everything): string {
  const outcome = resolveModel(asked, catalog, policy)
  if (!outcome.ok) return `${outcome.failure.class}: ${outcome.failure.message}`
  const { value } = outcome
  return value.as === 'alias' ? `alias ${value.alias.name}` : `${value.as} ${value.target.name}`
}

describe('a model may be asked for as', () => {
  it.each([
    ['fast', 'alias fast'],
    ['quick', 'alias fast'],
    ['openai/gpt-4o', 'target openai/gpt-4o'],
    ['openai/some-new-model', 'target openai/some-new-model'],
    ['openai/deep/er/name', 'target openai/deep/er/name'],
    ['tight/tight-only', 'target tight/tight-only'],
    ['gpt-4o', 'model-id openai/gpt-4o'],
    ['llama3.2', 'model-id ollama/llama3.2'],
    ['org/model', 'model-id ollama/org/model'],
    ['tight-only', 'model-id tight/tight-only'],
    ['models/gpt-4o', 'model-id openai/gpt-4o'],
    ['models/fast', 'alias fast'],
  ])('%s: %s', (asked, found) => {
    expect(resolve(asked)).toBe(found)
  })

  it('a target made on demand has the facts of its model', () => {
    const outcome = resolveModel('openai/gpt-5', catalog, everything)
    expect(outcome.ok && outcome.value.as !== 'alias' && outcome.value.target).toMatchObject({
      name: 'openai/gpt-5',
      model: 'gpt-5',
      capabilities: { contextWindow: 128_000 },
      price: { inputNanoUsd: 150 },
    })
    expect(catalog.targets.has('openai/gpt-5')).toBe(false)
  })
})

describe('what is not there', () => {
  const end = 'GET /v1/models lists what can be asked for.'

  it.each([
    ['fsat', `The model "fsat" does not exist here. Did you mean "fast"? ${end}`],
    [
      'gpt-4o-min',
      `The model "gpt-4o-min" does not exist here. Did you mean "gpt-4o-mini" or "gpt-4o"? ${end}`,
    ],
    [
      'tight/gpt-6',
      `The model "tight/gpt-6" does not exist here. Did you mean "tight/gpt-5"? ${end}`,
    ],
    [
      'opena/gpt-4o',
      `The model "opena/gpt-4o" does not exist here. Did you mean "openai/gpt-4o" or "openai/gpt-5"? ${end}`,
    ],
    ['', `The model "" does not exist here. ${end}`],
    ['/', `The model "/" does not exist here. ${end}`],
    [
      'openai/',
      `The model "openai/" does not exist here. Did you mean "openai/gpt-5", "openai/gpt-4o" or "openai/gpt-4o-mini"? ${end}`,
    ],
  ])('%s', (asked, message) => {
    expect(resolve(asked)).toBe(`model_not_found: ${message}`)
  })

  it('is never answered with a name of unbounded length', () => {
    expect(resolve('x'.repeat(100_000)).length).toBeLessThan(300)
    expect(resolve(`google/${'x'.repeat(100_000)}`).length).toBeLessThan(300)
    expect(resolve('x'.repeat(100_000), only('fast')).length).toBeLessThan(300)
  })

  it.each([
    ['..', 'openai/..'],
    ['a path upwards', 'openai/../../admin'],
    ['a path upwards in the middle', 'openai/a/../b'],
    ['the same place', 'openai/./a'],
    ['a blank', 'openai/a b'],
    ['a line break', 'openai/a\r\nx: y'],
    ['half a character', 'openai/\ud800'],
    ['no end', `openai/${'x'.repeat(257)}`],
  ])('includes a model id with %s, which no provider is sent', (_what, asked) => {
    expect(resolve(asked)).toMatch(/^model_not_found: /)
  })

  it('does not include dots that are part of a name', () => {
    expect(resolve('openai/..a')).toBe('target openai/..a')
    expect(resolve('openai/a..')).toBe('target openai/a..')
    expect(resolve('openai/v1.5/...')).toBe('target openai/v1.5/...')
  })

  it('includes what a disabled provider has', () => {
    expect(resolve('google/gemini-2.5-flash')).toBe(
      'model_not_found: Provider "google" is disabled, so "google/gemini-2.5-flash" is not served.',
    )
    expect(resolve('gemini-2.5-flash')).toMatch(/^model_not_found: /)
  })

  it('names the choices when two providers serve a bare id', () => {
    expect(resolve('claude-sonnet-4-5')).toBe(
      'model_not_found: More than one provider serves "claude-sonnet-4-5". Say which one you mean: "east/claude-sonnet-4-5" or "west/claude-sonnet-4-5".',
    )
    expect(resolve('claude-sonnet-4-5', only('east/*'))).toContain(
      'mean: "east/claude-sonnet-4-5".',
    )
    expect(resolve('gpt-5')).toContain('"openai/gpt-5" or "tight/gpt-5"')
  })
})

describe('a policy', () => {
  it.each([
    ['fast', only('fast'), 'alias fast'],
    ['fast', only('quick'), 'alias fast'],
    ['openai/gpt-4o', only('openai/*'), 'target openai/gpt-4o'],
    ['gpt-4o', only('openai/*'), 'model-id openai/gpt-4o'],
    ['gpt-4o', only('gpt-*'), 'model-id openai/gpt-4o'],
    ['openai/gpt-4o', only('gpt-4o'), 'target openai/gpt-4o'],
  ])('%s is allowed', (asked, policy, found) => {
    expect(resolve(asked, policy)).toBe(found)
  })

  it.each([
    ['smart', only('fast')],
    ['openai/gpt-4o-mini', only('fast')],
    ['gpt-4o', only('fast')],
    ['claude-sonnet-4-5', only('fast')],
  ])('%s exists and is forbidden', (asked, policy) => {
    expect(resolve(asked, policy)).toBe(
      `forbidden: Policy "narrow" does not allow the model "${asked}". GET /v1/models lists those it allows.`,
    )
  })

  it('hides what it does not allow from the suggestions', () => {
    expect(resolve('smrt', only('fast'))).not.toContain('smart')
    expect(resolve('fst', only('fast'))).toContain('"fast"')
  })
})
