import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../../src/core/catalog.ts'
import { answerModels } from '../../../src/http/models.ts'
import { catalogOf } from '../config/configure.ts'

const hash = (key: string) => createHash('sha256').update(key).digest('hex')

function catalogFor(allow: readonly string[]): Catalog {
  return catalogOf(`
providers:
  openai: { apiKey: abcdef }
  off: { like: anthropic, apiKey: abcdef, enabled: false }
  box:
    dialect: openai
    baseUrl: http://box.test/v1
    strict: true
    models: { llama: { price: free, contextWindow: 8000 }, odd: { price: { input: 0.07, output: 1.1 } }, tiered: { maxOutputTokens: 4000, capabilities: { vision: true, audio: false }, price: { input: 3, output: 15, cachedInput: 0.3, reasoning: 20, request: 0.005, image: 0.04, tiers: [{ above: 200000, input: 6, output: 22.5 }] } } }
models:
  fast: { aliases: [quick], description: Fast and cheap, targets: [openai/gpt-4o-mini, box/llama] }
  sleeping: { targets: [off/claude-sonnet-4-5] }
  hidden: { targets: [openai/gpt-5] }
policies: { default: { allow: ${JSON.stringify(allow)} } }
clients: { web: { key: "sha256:${hash('wb-web')}" } }
`)
}

type Route = Parameters<typeof answerModels>[1]

function answer(allow: readonly string[], route: Route, headers: Record<string, string> = {}) {
  const path = headers['path'] ?? '/v1/models'
  const asking = { headers: { host: 'localhost', ...headers }, loopback: true, path, query: '' }
  const outcome = answerModels(catalogFor(allow), route, asking)
  return outcome.ok ? outcome.value : outcome.failure
}

function ids(allow: readonly string[]): string[] {
  const listed = answer(allow, { to: 'models' })
  if (!('data' in listed) || !Array.isArray(listed.data)) throw new Error('no list')
  return listed.data.map(({ id }: { id: string }) => id)
}

describe('the list of models', () => {
  it('has public names, synonyms, configured targets, and what is known of each provider', () => {
    expect(ids(['*'])).toEqual([
      'fast',
      'quick',
      'hidden',
      'box/llama',
      'box/odd',
      'box/tiered',
      'openai/gpt-4o-mini',
      'openai/gpt-5',
      'openai/gpt-4o',
    ])
  })

  it.each<[string[], string[]]>([
    [['fast'], ['fast', 'quick']],
    [['quick'], ['fast', 'quick']],
    [['openai/*'], ['openai/gpt-4o-mini', 'openai/gpt-5', 'openai/gpt-4o']],
    [['gpt-4o'], ['openai/gpt-4o']],
    [['llama'], ['box/llama']],
    [
      ['hid*', 'box/llama'],
      ['hidden', 'box/llama'],
    ],
    [['nothing'], []],
  ])('with a policy of %j has %j: exactly what may be asked for', (allow, expected) => {
    expect(ids(allow).sort()).toEqual([...expected].sort())
    for (const id of ids(allow)) {
      expect(answer(allow, { to: 'model', id })).toMatchObject({ id })
    }
  })

  it('is for those who may call', () => {
    const foreign = answer(['*'], { to: 'models' }, { host: 'evil.test' })
    expect(foreign).toMatchObject({ class: 'forbidden' })
    const wrong = answer(['*'], { to: 'models' }, { 'x-api-key': 'wb-wrong' })
    expect(wrong).toMatchObject({ class: 'unauthenticated' })
  })
})

describe('one model', () => {
  it('is in the shape of OpenAI, unless the caller is another', () => {
    expect(answer(['*'], { to: 'model', id: 'fast' })).toEqual({
      id: 'fast',
      object: 'model',
      created: 0,
      owned_by: 'waybill',
      description: 'Fast and cheap',
      context_length: 8_000,
      capabilities: { tools: true },
    })
    expect(answer(['*'], { to: 'model', id: 'box/odd' })).toEqual({
      id: 'box/odd',
      object: 'model',
      created: 0,
      owned_by: 'box',
    })
  })

  it('says what it is known to do, and known not to do', () => {
    expect(answer(['*'], { to: 'model', id: 'box/tiered' })).toMatchObject({
      max_output_tokens: 4_000,
      capabilities: { vision: true, audio: false },
    })
    const path = '/v1beta/models'
    expect(answer(['*'], { to: 'model', id: 'box/tiered' }, { path })).toMatchObject({
      outputTokenLimit: 4_000,
    })
  })

  it('is in the shape of Anthropic and Gemini for theirs', () => {
    const anthropic = { 'anthropic-version': '2023-06-01' }
    expect(answer(['*'], { to: 'model', id: 'fast' }, anthropic)).toEqual({
      type: 'model',
      id: 'fast',
      display_name: 'Fast and cheap',
      created_at: '1970-01-01T00:00:00Z',
    })
    expect(answer(['fast'], { to: 'models' }, anthropic)).toMatchObject({
      data: [{ id: 'fast' }, { id: 'quick' }],
      has_more: false,
      first_id: 'fast',
      last_id: 'quick',
    })
    const gemini = { path: '/v1beta/models' }
    expect(answer(['*'], { to: 'model', id: 'fast' }, gemini)).toMatchObject({
      name: 'models/fast',
      displayName: 'Fast and cheap',
      inputTokenLimit: 8_000,
    })
    expect(answer(['fast'], { to: 'models' }, gemini)).toMatchObject({
      models: [{ name: 'models/fast' }, { name: 'models/quick' }],
    })
    expect(answer(['nothing'], { to: 'models' }, anthropic)).toEqual({
      data: [],
      has_more: false,
      first_id: null,
      last_id: null,
    })
  })

  it.each(['fast', 'quick', 'box/llama', 'llama', 'gpt-4o', 'openai/never-heard-of'])(
    'is found as clients ask for it: %s',
    (id) => {
      expect(answer(['*'], { to: 'model', id })).toMatchObject({ object: 'model' })
    },
  )

  it.each(['fats', 'box/other', 'off/claude-sonnet-4-5', 'sleeper'])('is not found: %s', (id) => {
    expect(answer(['*'], { to: 'model', id })).toMatchObject({
      class: 'model_not_found',
      param: 'model',
    })
  })

  it('that the policy hides is not found', () => {
    expect(answer(['fast'], { to: 'model', id: 'hidden' })).toMatchObject({
      class: 'model_not_found',
    })
    expect(answer(['fast'], { to: 'pricing', id: 'hidden' })).toMatchObject({
      class: 'model_not_found',
    })
  })
})

describe('prices', () => {
  it('are in dollars per million tokens, one line for each target', () => {
    expect(answer(['*'], { to: 'pricing', id: 'fast' })).toEqual({
      id: 'fast',
      object: 'model.pricing',
      currency: 'USD',
      unit: 'per million tokens',
      targets: [
        {
          target: 'openai/gpt-4o-mini',
          price: { input: 0.15, cached_input: 0.075, cache_write: 0.15, output: 0.6, request: 0 },
        },
        {
          target: 'box/llama',
          price: { input: 0, cached_input: 0, cache_write: 0, output: 0, request: 0 },
        },
      ],
    })
  })

  it('are the ones that were configured, to the digit', () => {
    expect(answer(['*'], { to: 'pricing', id: 'box/odd' })).toMatchObject({
      targets: [{ price: { input: 0.07, output: 1.1 } }],
    })
  })

  it('have tiers, fees and what is billed apart, where there are any', () => {
    expect(answer(['*'], { to: 'pricing', id: 'box/tiered' })).toMatchObject({
      targets: [
        {
          price: {
            input: 3,
            cached_input: 0.3,
            output: 15,
            reasoning: 20,
            request: 0.005,
            image: 0.04,
            tiers: [{ above_input_tokens: 200_000, input: 6, cached_input: 0.6, output: 22.5 }],
          },
        },
      ],
    })
  })

  it('that are not known are null, never nothing', () => {
    expect(answer(['*'], { to: 'pricing', id: 'openai/never-heard-of' })).toMatchObject({
      targets: [{ target: 'openai/never-heard-of', price: null }],
    })
  })
})
