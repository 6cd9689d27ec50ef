import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { embeddings } from '../../../../src/dialects/openai/embeddings.ts'
import { decodeFloats, encodeFloats } from '../../../../src/dialects/openai/float32-base64.ts'

const context = {
  id: 'wb_1',
  model: 'small',
  createdS: 1,
  includeUsage: false,
  framing: 'sse' as const,
  requestBody: {},
}

describe('float32 base64', () => {
  it('is what every base64 codec makes of the bytes', () => {
    const floats = fc.array(fc.float({ noNaN: true }))
    fc.assert(
      fc.property(floats, (numbers) => {
        const expected = Buffer.from(new Float32Array(numbers).buffer).toString('base64')
        expect(encodeFloats(numbers)).toBe(expected)
        expect(decodeFloats(expected)).toEqual([...new Float32Array(numbers)])
      }),
    )
  })

  it.each(['AAA', 'AAAAAAA=', 'not base64!'])('refuses %s', (text) => {
    expect(decodeFloats(text)).toBeNull()
  })
})

describe('embedding requests', () => {
  it('are read', () => {
    const parsed = embeddings.parseRequest({
      model: 'm',
      input: ['a', 'b'],
      dimensions: 8,
      encoding_format: 'base64',
      truncate: true,
    })
    expect(parsed).toMatchObject({
      ok: true,
      value: { value: { inputs: ['a', 'b'], dimensions: 8, encoding: 'base64' } },
    })
    expect(parsed.ok && parsed.value.warnings).toHaveLength(1)
    expect(embeddings.parseRequest({ input: 'a' })).toMatchObject({
      value: { value: { inputs: ['a'], encoding: 'float' } },
    })
  })

  it.each([
    [{}, 'input', 'never'],
    [{ input: [] }, 'input', 'never'],
    [{ input: [{}] }, 'input', 'never'],
    [{ input: [1, 2] }, 'input', 'other'],
    [{ input: [[1], [2]] }, 'input', 'other'],
    [{ input: 'a', dimensions: 0 }, 'dimensions', 'never'],
    [{ input: 'a', encoding_format: 'hex' }, 'encoding_format', 'never'],
  ])('%j is refused for %s', (body, param, retry) => {
    expect(embeddings.parseRequest(body)).toMatchObject({ ok: false, failure: { param, retry } })
  })

  it('are built', () => {
    const request = { inputs: ['a'], dimensions: 4, encoding: 'base64' as const }
    const built = embeddings.buildRequest(request, { model: 'm', streaming: false, quirks: {} })
    expect(built).toMatchObject({
      value: {
        value: {
          endpoint: { path: '/embeddings' },
          body: { model: 'm', input: ['a'], dimensions: 4, encoding_format: 'float' },
        },
      },
    })
  })
})

describe('embedding replies', () => {
  const usage = {
    inputTokens: 3,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
  }

  it.each(['float', 'base64'] as const)('are read as they are written: %s', (encoding) => {
    const reply = {
      vectors: [
        [0.5, -1],
        [0.25, 2],
      ],
      usage,
    }
    const request = { inputs: ['a', 'b'], dimensions: null, encoding }
    const body = embeddings.writeReply(reply, request, context)
    expect(body).toMatchObject({ object: 'list', model: 'small', usage: { total_tokens: 3 } })
    expect(embeddings.readReply(body)).toEqual({ ok: true, value: reply })
  })

  it('come in the order of their index', () => {
    const data = [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ]
    expect(embeddings.readReply({ data })).toMatchObject({ value: { vectors: [[1], [2]] } })
  })

  it.each([
    [{ error: { message: 'x', code: 429 } }, 'provider_rate_limited'],
    [{ data: [] }, 'malformed_reply'],
    [{ data: [{ embedding: ['a'] }] }, 'malformed_reply'],
    [{ data: [{ embedding: 'AAA' }] }, 'malformed_reply'],
    [null, 'malformed_reply'],
  ])('%j is an error', (body, failureClass) => {
    expect(embeddings.readReply(body)).toMatchObject({ failure: { class: failureClass } })
  })
})
