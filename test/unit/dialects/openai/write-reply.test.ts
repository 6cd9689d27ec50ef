import { describe, expect, it } from 'vitest'
import { failure } from '../../../../src/core/failure.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Reply, ReplyPart } from '../../../../src/core/reply.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const context = (requestBody: JsonObject = {}) => ({
  id: 'wb_1',
  model: 'fast',
  createdS: 1_790_000_000,
  includeUsage: true,
  framing: 'sse' as const,
  requestBody,
})

const usage = {
  inputTokens: 10,
  cachedInputTokens: 4,
  cacheWriteTokens: 0,
  outputTokens: 5,
  reasoningTokens: 2,
}

const reply = (parts: ReplyPart[], rest: Partial<Reply> = {}): Reply => ({
  id: 'chatcmpl-1',
  model: 'm',
  parts,
  finish: 'stop',
  stopSequence: null,
  usage,
  ...rest,
})

const text = (words: string, urls: string[] = []): ReplyPart => ({
  type: 'text',
  text: words,
  signature: null,
  citations: urls.map((url) => ({ url, title: null })),
})

const call = (name: string, input: string): ReplyPart => ({
  type: 'tool-call',
  id: 'call_1',
  name,
  input,
  signature: null,
})

describe('writeReply', () => {
  it('writes what a strict client expects', () => {
    expect(openai.writeReply(reply([text('Hi')]), context())).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: 'fast',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    })
  })

  it('gives its own id and no usage where there is none', () => {
    const body = openai.writeReply(reply([], { id: null, usage: null }), context())
    expect(body).toMatchObject({ id: 'wb_1', choices: [{ message: { content: null } }] })
    expect(body).not.toHaveProperty('usage')
  })

  const message = (parts: ReplyPart[], requestBody: JsonObject = {}, rest: Partial<Reply> = {}) =>
    openai.writeReply(reply(parts, rest), context(requestBody))

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool-calls', 'tool_calls'],
    ['content-filter', 'content_filter'],
    ['refusal', 'content_filter'],
    ['pause', 'stop'],
    ['other', 'stop'],
  ] as const)('writes %s as %s', (finish, word) => {
    expect(message([], {}, { finish })).toMatchObject({ choices: [{ finish_reason: word }] })
  })

  it('writes a refusal as OpenAI does', () => {
    const parts: ReplyPart[] = [{ type: 'refusal', text: 'No.' }]
    expect(message(parts, {}, { finish: 'refusal' })).toMatchObject({
      choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }],
    })
  })

  it('marks the block a link belongs to', () => {
    const parts = [text('One. '), text('Two.', ['https://x.example'])]
    expect(message(parts)).toMatchObject({
      choices: [
        {
          message: {
            content: 'One. Two.',
            annotations: [
              {
                type: 'url_citation',
                url_citation: { url: 'https://x.example', start_index: 5, end_index: 9 },
              },
            ],
          },
        },
      ],
    })
  })

  it('shows reasoning and files', () => {
    const signature = { dialect: 'anthropic' as const, value: 'sig', id: null }
    const parts: ReplyPart[] = [
      { type: 'reasoning', text: 'Hmm', signature, redacted: false },
      { type: 'reasoning', text: '', signature, redacted: true },
      { type: 'file', mediaType: 'image/png', base64: 'AA' },
    ]
    expect(message(parts)).toMatchObject({
      choices: [
        {
          message: {
            reasoning_content: 'Hmm',
            reasoning_details: [
              { type: 'reasoning.text', text: 'Hmm', signature: 'wb1:anthropic::sig', index: 0 },
              { type: 'reasoning.encrypted', data: 'wb1:anthropic::sig', index: 1 },
            ],
            images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }],
          },
        },
      ],
    })
  })

  it('answers in the style the tools were given', () => {
    const finish = { finish: 'tool-calls' as const }
    expect(message([call('f', '{}')], {}, finish)).toMatchObject({
      choices: [
        {
          message: { tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f' } }] },
          finish_reason: 'tool_calls',
        },
      ],
    })
    expect(message([call('f', '{"x":1}')], { functions: [{ name: 'f' }] }, finish)).toMatchObject({
      choices: [
        {
          message: { function_call: { name: 'f', arguments: '{"x":1}' } },
          finish_reason: 'function_call',
        },
      ],
    })
    const tools = [{ type: 'custom', custom: { name: 'sh' } }]
    expect(message([call('sh', '{"input":"ls"}')], { tools }, finish)).toMatchObject({
      choices: [
        { message: { tool_calls: [{ type: 'custom', custom: { name: 'sh', input: 'ls' } }] } },
      ],
    })
  })
})

describe('errors to clients', () => {
  it.each([
    ['invalid_request', 'invalid_request_error'],
    ['unauthenticated', 'authentication_error'],
    ['forbidden', 'permission_error'],
    ['model_not_found', 'not_found_error'],
    ['rate_limited', 'rate_limit_error'],
    ['provider_quota_exhausted', 'rate_limit_error'],
    ['overloaded', 'server_error'],
    ['internal', 'server_error'],
  ] as const)('%s is a %s', (failureClass, type) => {
    const error = failure(failureClass, 'What is wrong.', { param: 'p' })
    expect(openai.writeError(error, 'wb_1')).toEqual({
      error: { message: 'What is wrong.', type, param: 'p', code: failureClass },
    })
  })

  it('inside a stream are an event and no end', () => {
    const wire = openai.writeStreamError(failure('timeout', 'Too slow.'), 'wb_1', 'sse')
    expect(wire).toMatch(/^data: \{"error":\{.*"code":"timeout"\}\}\n\n$/)
  })
})
