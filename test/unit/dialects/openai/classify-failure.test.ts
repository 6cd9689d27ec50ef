import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureClasses } from '../../../../src/core/failure.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const nowMs = Date.parse('2026-11-20T10:00:00Z')

function classify(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return openai.classifyFailure({ status, headers, body: text, nowMs })
}

const said = (message: string, rest: object = {}) => ({ error: { message, ...rest } })

describe('classifyFailure', () => {
  it.each([
    [400, said('bad', { type: 'invalid_request_error' }), 'invalid_request', 'never'],
    [422, 'Failed to deserialize the JSON body', 'invalid_request', 'never'],
    [409, said('conflict'), 'invalid_request', 'never'],
    [400, said('x', { code: 'context_length_exceeded' }), 'context_length_exceeded', 'other'],
    [413, said('Request size exceeds model context window'), 'context_length_exceeded', 'other'],
    [
      429,
      said('Request too large for m on tokens per min (TPM): Limit 1, Requested 2.'),
      'context_length_exceeded',
      'other',
    ],
    [500, said('the input is too long'), 'context_length_exceeded', 'other'],
    [413, '<html><head><title>413 Request Entity Too Large</title>', 'request_too_large', 'other'],
    [400, said('filtered', { code: 'content_filter' }), 'content_filtered', 'never'],
    [
      400,
      said('no', { innererror: { code: 'ResponsibleAIPolicyViolation' } }),
      'content_filtered',
      'never',
    ],
    [403, said('Your input was flagged by moderation'), 'content_filtered', 'never'],
    [404, said('The model `m` does not exist'), 'model_not_found', 'other'],
    [400, said('Model Not Exist'), 'model_not_found', 'other'],
    [403, said('No access', { code: 'model_not_found' }), 'model_not_found', 'other'],
    [404, '', 'model_not_found', 'other'],
    [404, said('No such File object: file-abc'), 'invalid_request', 'never'],
    [401, '<html><title>401 Authorization Required</title>', 'provider_auth', 'other'],
    [401, said('Invalid API key or insufficient credits.'), 'provider_auth', 'other'],
    [400, { code: 'Client error', error: 'Incorrect API key provided.' }, 'provider_auth', 'other'],
    [403, said('Country not supported'), 'provider_auth', 'other'],
    [402, said('Payment'), 'provider_quota_exhausted', 'other'],
    [
      429,
      said('You exceeded your current quota', { type: 'insufficient_quota', code: null }),
      'provider_quota_exhausted',
      'other',
    ],
    [403, said('Your team has run out of credits'), 'provider_quota_exhausted', 'other'],
    [429, said('Rate limit reached'), 'provider_rate_limited', 'other'],
    [429, '', 'provider_rate_limited', 'other'],
    [413, said('Too big', { code: 'rate_limit_exceeded' }), 'provider_rate_limited', 'other'],
    [429, said('x', { type: 'engine_overloaded_error' }), 'overloaded', 'same'],
    [
      429,
      [said('You exceeded your current quota. Please retry in 22.3s.', { code: 429 })],
      'provider_rate_limited',
      'other',
    ],
    [
      400,
      said('Model did not call a tool', { code: 'tool_use_failed' }),
      'malformed_reply',
      'same',
    ],
    [408, 'upstream request timeout', 'timeout', 'other'],
    [504, '<html></html>', 'timeout', 'other'],
    [524, '', 'timeout', 'other'],
    [500, { object: 'error', message: 'Service unavailable.' }, 'overloaded', 'same'],
    [500, said('boom'), 'server_error', 'same'],
    [502, '<html><head><title>502 Bad Gateway</title></head>', 'server_error', 'same'],
    [503, '', 'overloaded', 'same'],
    [529, '', 'overloaded', 'same'],
    [498, said('flex tier capacity exceeded'), 'overloaded', 'same'],
  ] as const)('%i %j is %s, retry %s', (status, body, failureClass, retry) => {
    const found = classify(status, body)
    expect([found.class, found.retry]).toEqual([failureClass, retry])
    expect(found.upstreamStatus).toBe(status)
    expect(found.fault).toBe(failureClasses[failureClass].fault)
  })

  it.each([
    [{ error: { message: 'from error' } }, 'from error'],
    [{ code: 'x', error: 'from a string' }, 'from a string'],
    [{ detail: 'from detail' }, 'from detail'],
    [{ detail: [{ loc: ['body'], msg: 'from a list' }] }, 'from a list'],
    [{ message: 'from the top', request_id: 'r' }, 'from the top'],
    [[{ error: { message: 'from an array', code: 400 } }], 'from an array'],
    ['plain text', 'plain text'],
    ['<!DOCTYPE html><title>Teapot</title><p>…', 'Teapot'],
    [{ error: { message: 'Provider error', metadata: { raw: 'why' } } }, 'Provider error: why'],
    ['', 'The provider answered with status 400 and no explanation.'],
    [{}, 'The provider answered with status 400 and no explanation.'],
  ])('takes the message of %j', (body, message) => {
    expect(classify(400, body).message).toBe(message)
  })

  it('looks into what a router wraps', () => {
    const raw = JSON.stringify({ error: { message: 'prompt is too long: 9 tokens > 8 maximum' } })
    expect(classify(400, said('Provider returned error', { metadata: { raw } })).class).toBe(
      'context_length_exceeded',
    )
  })

  it('never repeats a key', () => {
    const found = classify(401, said('Incorrect API key provided: sk-live-0123456789abcdef'))
    expect(found.message).not.toContain('0123456789')
    expect(found.message).toContain("The provider refuses the gateway's credentials")
  })

  it('names the field', () => {
    expect(classify(400, said('bad', { param: 'max_tokens' })).param).toBe('max_tokens')
  })

  it('carries a wait only where waiting helps', () => {
    const headers = { 'retry-after': '3' }
    expect(classify(429, '', headers).retryAfterMs).toBe(3000)
    expect(classify(503, '', headers).retryAfterMs).toBe(3000)
    expect(classify(400, '', headers).retryAfterMs).toBeNull()
    expect(classify(429, said('Please try again in 2s.')).retryAfterMs).toBe(2000)
  })

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 599 }),
        fc.json(),
        fc.string(),
        (status, json, text) => {
          for (const body of [json, text]) {
            const found = openai.classifyFailure({ status, headers: {}, body, nowMs })
            expect(found.message).not.toBe('')
          }
        },
      ),
    )
  })
})
