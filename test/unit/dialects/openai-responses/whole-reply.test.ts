import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Reply } from '../../../../src/core/reply.ts'
import type { Members } from '../../../../src/dialects/dialect.ts'
import { openaiResponses as codec } from '../../../../src/dialects/openai-responses/index.ts'
import { collected, contextFor } from './samples.ts'

const membersOf = (body: JsonObject): Members => ({
  has: (name) => name in body,
  get: (name) => body[name],
})
const errorOf = (body: JsonObject | string) => {
  const [only, ...rest] = codec.readReply(body)
  expect(rest).toEqual([])
  return only?.type === 'reply-error' ? only.failure.class : only
}

describe('a whole reply', () => {
  it.each([
    ['no object', 'hello', 'malformed_reply'],
    ['no output', { id: 'r' }, 'malformed_reply'],
    ['an unfinished reply', { status: 'queued', output: [] }, 'malformed_reply'],
    ['an error', { error: { message: 'x', code: 'rate_limit_exceeded' } }, 'provider_rate_limited'],
  ])('that is %s is one error', (_, body, wanted) => {
    expect(errorOf(body)).toBe(wanted)
  })

  it('that failed or was cancelled is an error in spite of status 200', () => {
    const last = (body: JsonObject) => codec.readReply({ output: [], ...body }).at(-1)
    const error = { code: 'server_error', message: 'Sorry.' }
    expect(last({ status: 'failed', error })).toMatchObject({
      failure: { class: 'server_error', message: 'Sorry.' },
    })
    expect(last({ status: 'cancelled' })).toMatchObject({ failure: { class: 'server_error' } })
  })

  it('tolerates null and mistyped fields', () => {
    const body = {
      id: 7,
      model: null,
      status: 'completed',
      error: null,
      incomplete_details: null,
      output: [
        null,
        'x',
        { type: 'message', content: null },
        { type: 'message', content: [null, { type: 'output_text', text: 5, annotations: 'x' }] },
        { type: 'reasoning', summary: 'x', content: [{}], encrypted_content: null },
        {},
      ],
      usage: { input_tokens: 'many', output_tokens: 3, input_tokens_details: null },
    }
    expect(collected(codec.readReply(body))).toMatchObject({
      id: null,
      model: null,
      parts: [],
      finish: 'stop',
      usage: { inputTokens: 0, outputTokens: 3, cachedInputTokens: 0 },
    })
  })

  it('is inspected for usage and failure', () => {
    const usage = { input_tokens: 1, output_tokens: 2 }
    expect(codec.inspectReply('chat', membersOf({ output: [], usage }))).toMatchObject({
      usage: { inputTokens: 1, outputTokens: 2 },
      failure: null,
    })
    const failed = { output: [], status: 'failed', error: { code: 'x', message: 'y' } }
    expect(codec.inspectReply('chat', membersOf(failed)).failure?.class).toBe('server_error')
    expect(codec.inspectReply('chat', membersOf({ a: 1 })).failure?.class).toBe('malformed_reply')
    const count = membersOf({ object: 'response.input_tokens', input_tokens: 5 })
    expect(codec.inspectReply('count-tokens', count)).toEqual({ usage: null, failure: null })
  })
})

describe('a written whole reply', () => {
  const reply: Reply = {
    id: null,
    model: 'claude',
    parts: [
      {
        type: 'reasoning',
        text: 'think',
        signature: { dialect: 'anthropic', value: 'sig', id: null },
        redacted: false,
      },
      { type: 'text', text: 'Hi', signature: null, citations: [] },
      {
        type: 'tool-call',
        id: 'c',
        name: 'f',
        input: '{"a"',
        signature: { dialect: 'gemini', value: 'thought', id: null },
      },
    ],
    finish: 'length',
    stopSequence: null,
    usage: {
      inputTokens: 5,
      cachedInputTokens: 2,
      cacheWriteTokens: 0,
      outputTokens: 3,
      reasoningTokens: 1,
    },
  }

  it('seals foreign proofs, that of a call in an item of its own before it', () => {
    const body = codec.writeReply(reply, contextFor({ metadata: { a: 'b' } }))
    expect(body).toMatchObject({
      id: 'wb_1',
      object: 'response',
      model: 'fast',
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      metadata: { a: 'b' },
      output: [
        { type: 'reasoning', encrypted_content: expect.stringMatching(/^wb1:anthropic:.*:sig$/) },
        { type: 'message', status: 'completed', content: [{ text: 'Hi' }] },
        {
          type: 'reasoning',
          summary: [],
          encrypted_content: expect.stringMatching(/^wb1:gemini:/),
        },
        { type: 'function_call', call_id: 'c', arguments: '{"a"', status: 'incomplete' },
      ],
      usage: {
        input_tokens: 5,
        input_tokens_details: { cached_tokens: 2, cache_write_tokens: 0 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 8,
      },
    })
  })

  it('does not let a refusal without words look like a complete answer', () => {
    const parts = [{ type: 'text' as const, text: 'Well', signature: null, citations: [] }]
    const body = codec.writeReply({ ...reply, parts, finish: 'refusal' }, contextFor())
    expect(body).toMatchObject({ incomplete_details: { reason: 'content_filter' } })
  })

  it('keeps its own proof with the id it was made for', () => {
    const signature = { dialect: 'openai-responses', value: 'proof', id: 'rs_9' } as const
    const parts = [{ type: 'reasoning' as const, text: '', signature, redacted: true }]
    expect(codec.writeReply({ ...reply, parts }, contextFor())['output']).toEqual([
      { id: 'rs_9', type: 'reasoning', summary: [], encrypted_content: 'proof' },
    ])
  })
})

describe('errors', () => {
  const classify = (status: number, error: JsonObject) =>
    codec.classifyFailure({ status, headers: {}, body: JSON.stringify({ error }), nowMs: 0 })

  it('about state kept elsewhere may be answered by another target', () => {
    const missing = { message: "Previous response with id 'resp_1' not found.", param: 'x' }
    expect(classify(400, { ...missing, code: 'previous_response_not_found' })).toMatchObject({
      class: 'invalid_request',
      retry: 'other',
      upstreamStatus: 400,
    })
    const proof = {
      code: 'invalid_encrypted_content',
      message: 'The encrypted content for item x could not be verified.',
    }
    expect(classify(400, proof)).toMatchObject({ class: 'invalid_request', retry: 'other' })
  })

  it('in the request stay the caller’s', () => {
    const message = "Item 'rs_1' of type 'reasoning' was provided without its required item."
    expect(classify(400, { message, param: 'input', code: null })).toMatchObject({
      class: 'invalid_request',
      retry: 'never',
      param: 'input',
    })
  })

  it.each([
    ['invalid_prompt', 'content_filtered'],
    ['image_content_policy_violation', 'content_filtered'],
    ['image_too_large', 'invalid_request'],
    ['slow_down', 'overloaded'],
    ['server_error', 'server_error'],
    ['context_length_exceeded', 'context_length_exceeded'],
  ])('inside a reply are told by their code: %s', (code, wanted) => {
    expect(errorOf({ error: { code, message: 'No.' } })).toBe(wanted)
  })
})

describe('request facts', () => {
  it('are read from members, wrong types as null', () => {
    const facts = (body: JsonObject) => codec.requestFacts(membersOf(body))
    expect(
      facts({ model: 'm', stream: true, user: 'u', safety_identifier: 's', max_output_tokens: 9 }),
    ).toEqual({ model: 'm', stream: true, user: 's', maxOutputTokens: 9, includeUsage: true })
    expect(facts({ model: 5, stream: 'yes', metadata: { user_id: 'x' } })).toEqual({
      model: null,
      stream: false,
      user: 'x',
      maxOutputTokens: null,
      includeUsage: true,
    })
  })

  it('know the paths', () => {
    expect(codec.endpoints.map(({ path, operation }) => [path, operation])).toEqual([
      ['/responses', 'chat'],
      ['/responses/input_tokens', 'count-tokens'],
    ])
  })
})
