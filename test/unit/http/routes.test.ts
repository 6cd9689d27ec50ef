import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Found, findRoute } from '../../../src/http/routes.ts'

/** Where a path leads, in a word: `openai chat`, `models`, `nowhere`, `405 POST`. */
function word(found: Found): string {
  switch (found.to) {
    case 'endpoint': {
      const { dialect, operation } = found.endpoint
      return `${dialect} ${operation}${found.model === null ? '' : ` of ${found.model}`}`
    }
    case 'model':
    case 'pricing':
      return `${found.to} ${found.id}`
    case 'posted':
      return found.what
    case 'wrong-method':
      return `405 ${found.allow}`
    default:
      return found.to
  }
}

const posts: [string, string][] = [
  ['/v1/route/explain', 'explain'],
  ['/v1/feedback', 'feedback'],
  ['/v1/chat/completions', 'openai chat'],
  ['/v1/completions', 'openai completion'],
  ['/v1/embeddings', 'openai embedding'],
  ['/v1/images/generations', 'openai image'],
  ['/v1/images/edits', 'openai image'],
  ['/v1/images/variations', 'openai image'],
  ['/v1/audio/speech', 'openai audio'],
  ['/v1/audio/transcriptions', 'openai audio'],
  ['/v1/audio/translations', 'openai audio'],
  ['/v1/moderations', 'openai moderation'],
  ['/v1/rerank', 'openai rerank'],
  ['/v1/responses', 'openai-responses chat'],
  ['/v1/responses/input_tokens', 'openai-responses count-tokens'],
  ['/v1/messages', 'anthropic chat'],
  ['/v1/messages/count_tokens', 'anthropic count-tokens'],
  ['/v1beta/models/gemini-pro:generateContent', 'gemini chat of gemini-pro'],
  ['/v1beta/models/gemini-pro:streamGenerateContent', 'gemini chat of gemini-pro'],
  ['/v1beta/models/gemini-pro:countTokens', 'gemini count-tokens of gemini-pro'],
  ['/v1beta/models/gemini-pro:embedContent', 'gemini embedding of gemini-pro'],
  ['/v1beta/models/gemini-pro:batchEmbedContents', 'gemini embedding of gemini-pro'],
  ['/v1/models/gemini-pro:generateContent', 'gemini chat of gemini-pro'],
  ['/v1beta/models/google%2Fgemini-pro:generateContent', 'gemini chat of google/gemini-pro'],
  ['/v1beta/models/google/gemini-pro:generateContent', 'gemini chat of google/gemini-pro'],
  ['/v1beta/models/ft:base:org:x:generateContent', 'gemini chat of ft:base:org:x'],
]

const gets: [string, string][] = [
  ['/', 'root'],
  ['/health', 'health'],
  ['/health/live', 'live'],
  ['/health/ready', 'ready'],
  ['/metrics', 'metrics'],
  ['/v1/models', 'models'],
  ['/v1beta/models', 'models'],
  ['/v1/models/gpt-4o', 'model gpt-4o'],
  ['/v1beta/models/gemini-pro', 'model gemini-pro'],
  ['/v1/models/openai%2Fgpt-4o', 'model openai/gpt-4o'],
  ['/v1/models/openai/gpt-4o', 'model openai/gpt-4o'],
  ['/v1/models/ft:gpt-4o:org::id', 'model ft:gpt-4o:org::id'],
  ['/v1/models/gpt-4o/pricing', 'pricing gpt-4o'],
  ['/v1/models/openai/gpt-4o/pricing', 'pricing openai/gpt-4o'],
  ['/v1/models/pricing', 'model pricing'],
]

describe('paths', () => {
  it.each(posts)('POST %s → %s, and nothing else there', (path, expected) => {
    expect(word(findRoute('POST', path))).toBe(expected)
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'post']) {
      expect(word(findRoute(method, path))).toBe('405 POST')
    }
  })

  it.each(gets)('GET and HEAD %s → %s, and nothing else there', (path, expected) => {
    expect(word(findRoute('GET', path))).toBe(expected)
    expect(word(findRoute('HEAD', path))).toBe(expected)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'get']) {
      expect(word(findRoute(method, path))).toBe('405 GET, HEAD')
    }
  })

  it('whether a Gemini path streams stands in it', () => {
    const streams = (action: string) => {
      const found = findRoute('POST', `/v1beta/models/m:${action}`)
      return found.to === 'endpoint' ? found.endpoint.streams : undefined
    }
    expect(streams('generateContent')).toBeNull()
    expect(streams('streamGenerateContent')).toBe('sse')
  })
})

describe('no second spelling leads anywhere', () => {
  it.each([
    '',
    '//',
    '/v1',
    '/v1/',
    '/v2/chat/completions',
    '/V1/chat/completions',
    '/v1/Chat/Completions',
    '/v1/chat/completions/',
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/v1/./chat/completions',
    '/v1/models/../chat/completions/',
    '/v1/%63hat/completions',
    '/v1/chat%2Fcompletions',
    '/v1/chat/completions;x',
    '/v1/chat/completions\\',
    '/v1/chat/completions\u0000',
    '/v1beta/chat/completions',
    '/chat/completions',
    '/messages',
    '/v1/messages/batches',
    '/v1/files',
    '/v1/models/',
    '/v1beta/models/',
    '/v1/models/%',
    '/v1/models/%ff',
    '/v1/models/%c3%28',
    '/v1beta/models/%ff:generateContent',
    '/__proto__',
    '/constructor',
    '/health/',
    '/metrics/x',
    '/api/v1/providers',
  ])('%j', (path) => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      expect(findRoute(method, path).to).not.toBe('endpoint')
    }
    expect(['nowhere', 'model']).toContain(findRoute('GET', path).to)
  })

  it('a path upwards is the name of a model that does not exist', () => {
    expect(word(findRoute('GET', '/v1/models/../chat/completions'))).toBe(
      'model ../chat/completions',
    )
    expect(word(findRoute('POST', '/v1/models/../chat/completions'))).toBe('405 GET, HEAD')
    expect(word(findRoute('POST', '/v1beta/models/..%2F..%2Fx:generateContent'))).toBe(
      'gemini chat of ../../x',
    )
  })

  it('an unknown action is part of a name', () => {
    expect(word(findRoute('POST', '/v1beta/models/m:predict'))).toBe('405 GET, HEAD')
    expect(word(findRoute('POST', '/v1beta/models/m:generateContent:x'))).toBe('405 GET, HEAD')
    expect(word(findRoute('POST', '/v1beta/models/m:__proto__'))).toBe('405 GET, HEAD')
    expect(word(findRoute('POST', '/v1beta/models/:generateContent'))).toBe('405 GET, HEAD')
  })

  it('whatever a path is, it is answered and leads to an endpoint by its exact name only', () => {
    const known = new Set(posts.map(([path]) => path))
    const part = fc.constantFrom('v1', 'v1beta', 'models', 'chat', 'completions', '..', '%2e', 'm')
    const path = fc.oneof(
      fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`),
      fc.string({ maxLength: 60 }).map((text) => `/v1/${text}`),
      fc.webPath(),
    )
    fc.assert(
      fc.property(path, fc.constantFrom('GET', 'POST', 'DELETE'), (asked, method) => {
        const found = findRoute(method, asked)
        if (found.to === 'endpoint' && found.model === null) expect(known).toContain(asked)
      }),
      { numRuns: 2_000 },
    )
  })

  it('a long path costs no more than its length', () => {
    const started = performance.now()
    for (const tail of [':', '/', ':x', '%41', '/pricing', 'models/']) {
      findRoute('GET', `/v1/models/${tail.repeat(160_000 / tail.length)}`)
      findRoute('POST', `/v1beta/models/${tail.repeat(160_000 / tail.length)}:`)
    }
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
