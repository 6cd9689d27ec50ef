import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Operation } from '../../../../src/core/request.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { chunk, collected } from './fixtures.ts'

describe('reading a whole reply', () => {
  it('forgives a missing finish reason where there is output', () => {
    const reply = collected(gemini.readReply(chunk([{ text: 'a' }])))
    expect(reply).toMatchObject({ finish: 'stop', parts: [{ text: 'a' }] })
  })

  it('reads the array of chunks as one reply', () => {
    const body = [chunk([{ text: 'a' }]), chunk([{ text: 'b' }], { finishReason: 'MAX_TOKENS' })]
    expect(collected(gemini.readReply(body))).toMatchObject({
      finish: 'length',
      parts: [{ text: 'ab' }],
    })
  })

  it('takes an empty reply with a finish reason as one', () => {
    const body = { candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] }
    expect(collected(gemini.readReply(body))).toMatchObject({ finish: 'length', parts: [] })
  })

  it.each([null, 'text', {}, { candidates: [] }, { usageMetadata: { promptTokenCount: 1 } }])(
    'is malformed for %j',
    (body) => {
      expect(gemini.readReply(body)).toMatchObject([
        { type: 'reply-error', failure: { class: 'malformed_reply' } },
      ])
    },
  )

  it('reads an error in spite of the status', () => {
    const body = { error: { code: 500, message: 'Internal', status: 'INTERNAL' } }
    expect(gemini.readReply(body)).toMatchObject([{ failure: { class: 'server_error' } }])
  })
})

describe('inspecting a reply that passes through', () => {
  const inspect = (operation: Operation, body: JsonObject) =>
    gemini.inspectReply(operation, {
      has: (name) => name in body,
      get: (name) => body[name],
    })

  it('finds usage', () => {
    const usageMetadata = { promptTokenCount: 2, candidatesTokenCount: 3 }
    expect(inspect('chat', { ...chunk([{ text: 'a' }]), usageMetadata })).toEqual({
      usage: expect.objectContaining({ inputTokens: 2, outputTokens: 3 }),
      failure: null,
    })
  })

  it.each<[Operation, JsonObject, string]>([
    ['chat', { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }, 'provider_rate_limited'],
    ['chat', { promptFeedback: { blockReason: 'SAFETY' } }, 'content_filtered'],
    ['chat', { candidates: [] }, 'malformed_reply'],
    ['count-tokens', {}, 'malformed_reply'],
    ['embedding', {}, 'malformed_reply'],
  ])('of %s finds %j to be %s', (operation, body, expected) => {
    expect(inspect(operation, body).failure?.class).toBe(expected)
  })

  it.each<[Operation, JsonObject]>([
    ['count-tokens', { totalTokens: 3 }],
    ['embedding', { embedding: { values: [1] } }],
    ['embedding', { embeddings: [{ values: [1] }] }],
  ])('of %s accepts %j', (operation, body) => {
    expect(inspect(operation, body).failure).toBeNull()
  })
})
