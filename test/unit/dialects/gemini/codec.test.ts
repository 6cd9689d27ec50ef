import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { context } from './fixtures.ts'

const { embeddings } = gemini
if (embeddings === undefined) throw new Error('Gemini offers embeddings')

const buildContext = { model: 'gemini-embedding-001', streaming: false, quirks: {} }
const text = (value: string) => ({ parts: [{ text: value }] })

describe('the endpoints', () => {
  it('are the five of the Gemini API', () => {
    expect(gemini.endpoints.map(({ path, operation }) => [path.split(':')[1], operation])).toEqual([
      ['generateContent', 'chat'],
      ['streamGenerateContent', 'chat'],
      ['countTokens', 'count-tokens'],
      ['embedContent', 'embedding'],
      ['batchEmbedContents', 'embedding'],
    ])
  })

  it.each<[JsonObject, number | null]>([
    [{ generationConfig: { maxOutputTokens: 5 } }, 5],
    [{ generation_config: { max_output_tokens: 6 } }, 6],
    [{ generationConfig: { maxOutputTokens: 'many' } }, null],
    [{}, null],
  ])('know from %j the output limit %s', (body, maxOutputTokens) => {
    const facts = gemini.requestFacts({ has: (name) => name in body, get: (name) => body[name] })
    expect(facts).toEqual({
      model: null,
      stream: false,
      user: null,
      maxOutputTokens,
      includeUsage: true,
    })
  })
})

describe('embeddings', () => {
  const request = (body: JsonObject) => {
    const outcome = embeddings.parseRequest(body)
    return outcome.ok ? outcome.value.value : outcome.failure
  }

  it('read one text or a batch', () => {
    expect(request({ content: text('a'), outputDimensionality: 3 })).toEqual({
      inputs: ['a'],
      dimensions: 3,
      encoding: 'float',
    })
    const requests = [
      { model: 'models/m', content: text('a') },
      { model: 'models/m', content: text('b') },
    ]
    expect(request({ requests })).toMatchObject({ inputs: ['a', 'b'], dimensions: null })
  })

  it.each<[JsonObject, string]>([
    [{}, 'content'],
    [{ requests: [] }, 'requests'],
    [{ content: { parts: [{ inlineData: {} }] } }, 'content.parts[0]'],
    [
      {
        requests: [{ content: text('a'), outputDimensionality: 1 }, { content: text('a') }],
      },
      'requests',
    ],
  ])('refuse %j', (body, param) => {
    expect(request(body)).toMatchObject({ class: 'invalid_request', param })
  })

  it('warn of a task type', () => {
    const body = { content: text('a'), taskType: 'RETRIEVAL_QUERY' }
    expect(embeddings.parseRequest(body)).toMatchObject({
      value: { warnings: [expect.stringContaining('taskType')] },
    })
  })

  it('build one call for one text and a batch for several', () => {
    const one = { inputs: ['a'], dimensions: 2, encoding: 'float' } as const
    expect(embeddings.buildRequest(one, buildContext)).toMatchObject({
      value: {
        value: {
          endpoint: { path: '/models/{model}:embedContent' },
          body: { content: text('a'), outputDimensionality: 2 },
        },
      },
    })
    const two = { inputs: ['a', 'b'], dimensions: null, encoding: 'base64' } as const
    expect(embeddings.buildRequest(two, buildContext)).toMatchObject({
      value: {
        value: {
          endpoint: { path: '/models/{model}:batchEmbedContents' },
          body: {
            requests: [
              { model: 'models/gemini-embedding-001', content: text('a') },
              { model: 'models/gemini-embedding-001', content: text('b') },
            ],
          },
        },
      },
    })
  })

  it('write what the client called and read it again', () => {
    const usage = {
      inputTokens: 3,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
    }
    const reply = { vectors: [[0.5, 1]], usage }
    const asked = { inputs: ['a'], dimensions: null, encoding: 'float' } as const
    const single = embeddings.writeReply(reply, asked, context())
    expect(single).toMatchObject({ embedding: { values: [0.5, 1] } })
    const batch = embeddings.writeReply(reply, asked, context({ requestBody: { requests: [] } }))
    expect(batch).toMatchObject({ embeddings: [{ values: [0.5, 1] }] })
    for (const body of [single, batch]) {
      expect(embeddings.readReply(body)).toEqual({ ok: true, value: reply })
    }
  })

  it.each([{}, { embeddings: [] }, { embedding: { values: [] } }, null])(
    'find no reply in %j',
    (body) => {
      expect(embeddings.readReply(body)).toMatchObject({ failure: { class: 'malformed_reply' } })
    },
  )
})
