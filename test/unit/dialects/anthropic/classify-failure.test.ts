import { describe, expect, it } from 'vitest'
import { failureClasses } from '../../../../src/core/failure.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'

const nowMs = Date.parse('2026-03-01T12:00:00Z')

function classify(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return anthropic.classifyFailure({ status, headers, body: text, nowMs })
}

const error = (type: string, message: string, details?: object) => ({
  type: 'error',
  error: { type, message, ...(details === undefined ? {} : { details }) },
  request_id: 'req_1',
})

describe('errors of Anthropic', () => {
  it.each([
    [400, 'invalid_request_error', 'max_tokens: Field required', 'invalid_request'],
    [
      400,
      'invalid_request_error',
      'prompt is too long: 210000 tokens > 200000 maximum',
      'context_length_exceeded',
    ],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000',
      'context_length_exceeded',
    ],
    [
      413,
      'invalid_request_error',
      'Request size exceeds model context window',
      'context_length_exceeded',
    ],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'request_too_large'],
    [
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API.',
      'provider_quota_exhausted',
    ],
    [
      400,
      'invalid_request_error',
      'You have reached your specified API usage limits.',
      'provider_quota_exhausted',
    ],
    [402, 'billing_error', 'There is an issue with your billing.', 'provider_quota_exhausted'],
    [
      400,
      'invalid_request_error',
      'Output blocked by content filtering policy',
      'content_filtered',
    ],
    [401, 'authentication_error', 'invalid x-api-key', 'provider_auth'],
    [403, 'permission_error', 'Your API key does not have permission to use it', 'provider_auth'],
    [404, 'not_found_error', 'model: claude-none', 'model_not_found'],
    [
      429,
      'rate_limit_error',
      'This request would exceed the rate limit of 40,000 input tokens per minute',
      'provider_rate_limited',
    ],
    [500, 'api_error', 'Internal server error', 'server_error'],
    [500, 'api_error', 'Overloaded', 'overloaded'],
    [504, 'timeout_error', 'Request timed out', 'timeout'],
    [529, 'overloaded_error', 'Overloaded', 'overloaded'],
  ])('%i %s "%s" is %s', (status, type, message, expected) => {
    const found = classify(status, error(type, message))
    expect(found).toMatchObject({ class: expected, message, upstreamStatus: status })
    expect(found.fault).toBe(failureClasses[found.class].fault)
  })

  it('reads a spend limit behind a 429 from its code', () => {
    const details = { error_code: 'enforced_spend_limit_reached' }
    expect(classify(429, error('rate_limit_error', 'Limit.', details)).class).toBe(
      'provider_quota_exhausted',
    )
  })

  it.each([
    [413, '<html><h1>413 Request Entity Too Large</h1></html>', 'request_too_large'],
    [502, '<html>Bad Gateway</html>', 'server_error'],
    [503, '', 'overloaded'],
    [504, 'upstream timed out', 'timeout'],
    [429, '{"type":"err', 'provider_rate_limited'],
    [401, '', 'provider_auth'],
    [418, 'teapot', 'invalid_request'],
    [301, '', 'server_error'],
  ])('goes by the status %i where the body %j says nothing', (status, body, expected) => {
    const found = classify(status, body)
    expect(found.class).toBe(expected)
    expect(found.message).toContain(String(status))
  })

  it('reads the flat errors of resellers', () => {
    const found = classify(400, { message: 'The provided model identifier is invalid.' })
    expect(found.class).toBe('model_not_found')
    expect(found.message).toBe('The provided model identifier is invalid.')
  })

  it('names the field at fault', () => {
    const message = 'messages.0.content.1.image.source: Field required'
    const found = classify(400, error('invalid_request_error', message))
    expect(found.param).toBe('messages.0.content.1.image.source')
  })

  it('waits as long as it is asked to', () => {
    const limited = error('rate_limit_error', 'Slow down')
    expect(classify(429, limited, { 'retry-after': '7' }).retryAfterMs).toBe(7000)
    const reset = {
      'anthropic-ratelimit-requests-remaining': '12',
      'anthropic-ratelimit-requests-reset': '2026-03-01T12:00:50Z',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-03-01T12:00:20Z',
    }
    expect(classify(429, limited, reset).retryAfterMs).toBe(20_000)
    expect(classify(429, limited).retryAfterMs).toBeNull()
    const mistake = error('invalid_request_error', 'max_tokens: Field required')
    expect(classify(400, mistake, { 'retry-after': '7' }).retryAfterMs).toBeNull()
  })
})
