import { describe, expect, it } from 'vitest'
import type { ProviderKind } from '../../../src/core/catalog.ts'
import type { Route } from '../../../src/core/plan/plan.ts'
import { routeTo } from '../../../src/core/plan/route-to.ts'
import { type Dialect, dialects, type Operation } from '../../../src/core/request.ts'
import { aProvider, aRequest, aTarget } from './plans.ts'

const sdk: ProviderKind = { kind: 'sdk', sdk: '@ai-sdk/some', options: {} }
const address = { origin: 'http://p.test', basePath: '' }
const simulated: ProviderKind = {
  kind: 'simulated',
  simulation: { timeToFirstTokenMs: 0, tokensPerSecond: 1, errorRate: 0, seed: 1 },
  addresses: new Map(dialects.map((dialect) => [dialect, address])),
}

/** A route in a word: `pass`, `translate to anthropic`, `sdk`, `estimate`, or `no`. */
function word(route: Route | string): string {
  if (typeof route === 'string') return 'no'
  if (route.kind === 'pass-through') return 'pass'
  return route.kind === 'translate' ? `translate to ${route.dialect}` : route.kind
}

function route(dialect: Dialect, operation: Operation, reach: ProviderKind | Dialect[]): string {
  const provider = Array.isArray(reach)
    ? aProvider('p', { dialects: reach })
    : aProvider('p', { reach })
  const endpoint = { dialect, operation, path: '/x', streams: null }
  return word(routeTo(aTarget('p/m', provider), aRequest({ endpoint })))
}

const operations: readonly Operation[] = [
  'chat',
  'completion',
  'embedding',
  'count-tokens',
  'image',
  'audio',
  'moderation',
  'rerank',
]

describe('a request reaches', () => {
  it.each(dialects)('a provider that speaks %s as it is, whatever it asks for', (dialect) => {
    const others = dialects.filter((name) => name !== dialect)
    for (const operation of operations) {
      expect(route(dialect, operation, [dialect])).toBe('pass')
      expect(route(dialect, operation, [...others, dialect])).toBe('pass')
    }
  })

  it('a simulated provider as it is, in every dialect', () => {
    for (const dialect of dialects) {
      for (const operation of operations) expect(route(dialect, operation, simulated)).toBe('pass')
    }
  })

  it('chat: any other dialect by translation, to the one the provider prefers', () => {
    for (const from of dialects) {
      for (const to of dialects) {
        if (from !== to) expect(route(from, 'chat', [to])).toBe(`translate to ${to}`)
      }
    }
    expect(route('gemini', 'chat', ['anthropic', 'openai'])).toBe('translate to anthropic')
  })

  it.each<[Dialect, Dialect[], string]>([
    ['openai', ['gemini'], 'translate to gemini'],
    ['gemini', ['openai'], 'translate to openai'],
    ['gemini', ['anthropic', 'openai'], 'translate to openai'],
    ['openai', ['anthropic'], 'no'],
    ['openai', ['openai-responses', 'anthropic'], 'no'],
    ['anthropic', ['openai'], 'no'],
  ])('embeddings of %s at %j: %s', (dialect, spoken, expected) => {
    expect(route(dialect, 'embedding', spoken)).toBe(expected)
  })

  it('token counts: an estimate where the provider speaks another dialect', () => {
    expect(route('anthropic', 'count-tokens', ['openai'])).toBe('estimate')
    expect(route('gemini', 'count-tokens', sdk)).toBe('estimate')
  })

  it('an AI SDK package: chat only', () => {
    for (const dialect of dialects) {
      expect(route(dialect, 'chat', sdk)).toBe('sdk')
      for (const operation of operations) {
        if (operation === 'chat' || operation === 'count-tokens') continue
        expect(route(dialect, operation, sdk)).toBe('no')
      }
    }
  })

  it('nothing else across dialects', () => {
    for (const operation of ['completion', 'image', 'audio', 'moderation', 'rerank'] as const) {
      expect(route('openai', operation, ['anthropic', 'gemini', 'openai-responses'])).toBe('no')
    }
  })
})

describe('a target that cannot serve says why', () => {
  const endpoint = (operation: Operation) => ({
    dialect: 'openai' as const,
    operation,
    path: '/x',
    streams: null,
  })

  it.each([
    [aProvider('p', { enabled: false }), 'provider p is disabled'],
    [
      aProvider('p', { reach: sdk }),
      'provider p is reached through @ai-sdk/some, which serves chat requests only',
    ],
    [
      aProvider('p', { dialects: ['anthropic', 'gemini'] }),
      'provider p speaks anthropic, gemini, which has no image request from openai',
    ],
  ])('%#', (provider, because) => {
    const request = aRequest({ endpoint: endpoint('image') })
    expect(routeTo(aTarget('p/m', provider), request)).toBe(because)
  })
})
