import { describe, expect, it } from 'vitest'
import { gemini } from '../../../../src/dialects/gemini/index.ts'

const rpc = (name: string, more: object) => ({
  '@type': `type.googleapis.com/google.rpc.${name}`,
  ...more,
})

function classify(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return gemini.classifyFailure({ status, headers, body: text, nowMs: 0 })
}

function google(code: number, status: string, message: string, details: object[] = []) {
  return classify(code, { error: { code, message, status, details } })
}

const perDay = rpc('QuotaFailure', {
  violations: [{ quotaId: 'GenerateRequestsPerDayPerProject' }],
})
const perMinute = rpc('QuotaFailure', { violations: [{ quotaId: 'RequestsPerMinutePerModel' }] })
const plan = 'You exceeded your current quota, please check your plan and billing details.'

describe('classifying what Google answers', () => {
  it.each([
    [400, 'INVALID_ARGUMENT', 'Invalid value at contents', [], 'invalid_request'],
    [
      400,
      'INVALID_ARGUMENT',
      'API key not valid. Please pass a valid API key.',
      [],
      'provider_auth',
    ],
    [
      400,
      'INVALID_ARGUMENT',
      'Bad',
      [rpc('ErrorInfo', { reason: 'API_KEY_INVALID' })],
      'provider_auth',
    ],
    [
      400,
      'INVALID_ARGUMENT',
      'The input token count (9) exceeds the maximum number of tokens allowed (8).',
      [],
      'context_length_exceeded',
    ],
    [
      400,
      'INVALID_ARGUMENT',
      'Unable to submit request because the input token count is 9 but model only supports up to 8.',
      [],
      'context_length_exceeded',
    ],
    [
      400,
      'INVALID_ARGUMENT',
      'Request payload size exceeds the limit: 20971520 bytes.',
      [],
      'request_too_large',
    ],
    [
      400,
      'FAILED_PRECONDITION',
      'User location is not supported for the API use.',
      [],
      'provider_auth',
    ],
    [
      400,
      'FAILED_PRECONDITION',
      'Please enable billing on project x.',
      [],
      'provider_quota_exhausted',
    ],
    [
      400,
      'FAILED_PRECONDITION',
      'Your account has run out of credit.',
      [],
      'provider_quota_exhausted',
    ],
    [400, 'FAILED_PRECONDITION', 'The file is not in an ACTIVE state.', [], 'invalid_request'],
    [
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials.',
      [],
      'provider_auth',
    ],
    [
      403,
      'PERMISSION_DENIED',
      'The API is disabled.',
      [rpc('ErrorInfo', { reason: 'SERVICE_DISABLED' })],
      'provider_auth',
    ],
    [
      403,
      'PERMISSION_DENIED',
      'Billing is off.',
      [rpc('ErrorInfo', { reason: 'BILLING_DISABLED' })],
      'provider_quota_exhausted',
    ],
    [
      403,
      'PERMISSION_DENIED',
      'You do not have permission to access the File abc or it may not exist.',
      [],
      'invalid_request',
    ],
    [
      404,
      'NOT_FOUND',
      'models/x is not found for API version v1beta, or is not supported.',
      [],
      'model_not_found',
    ],
    [404, 'NOT_FOUND', 'Requested entity was not found.', [], 'model_not_found'],
    [404, 'NOT_FOUND', 'Not found: cached content metadata 1.', [], 'invalid_request'],
    [
      429,
      'RESOURCE_EXHAUSTED',
      'Resource has been exhausted (e.g. check quota).',
      [],
      'provider_rate_limited',
    ],
    [429, 'RESOURCE_EXHAUSTED', plan, [], 'provider_quota_exhausted'],
    [
      429,
      'RESOURCE_EXHAUSTED',
      plan,
      [perMinute, rpc('RetryInfo', { retryDelay: '9s' })],
      'provider_rate_limited',
    ],
    [
      429,
      'RESOURCE_EXHAUSTED',
      plan,
      [perDay, rpc('RetryInfo', { retryDelay: '9s' })],
      'provider_quota_exhausted',
    ],
    [499, 'CANCELLED', 'The operation was cancelled.', [], 'server_error'],
    [500, 'INTERNAL', 'An internal error has occurred.', [], 'server_error'],
    [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.', [], 'overloaded'],
    [504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.', [], 'timeout'],
  ] as const)('%i %s "%s"', (code, status, message, details, expected) => {
    const found = google(code, status, message, [...details])
    expect(found).toMatchObject({ class: expected, upstreamStatus: code })
  })

  it('reads how long to wait', () => {
    const wait = [rpc('RetryInfo', { retryDelay: '17.5s' })]
    expect(google(429, 'RESOURCE_EXHAUSTED', 'Slow down', wait).retryAfterMs).toBe(17_500)
    const message = 'Quota exceeded. Please retry in 22.5s.'
    expect(google(429, 'RESOURCE_EXHAUSTED', message).retryAfterMs).toBe(22_500)
    expect(classify(503, '', { 'retry-after': '3' }).retryAfterMs).toBe(3_000)
  })

  it('reads errors wrapped in a list, as plain text, or not at all', () => {
    const error = { code: 503, message: 'Busy', status: 'UNAVAILABLE' }
    expect(classify(503, [{ error }])).toMatchObject({ class: 'overloaded', message: 'Busy' })
    expect(classify(404, '<html>Not Found</html>')).toMatchObject({
      class: 'model_not_found',
      message: 'Google answered 404.',
    })
    expect(classify(500, '').class).toBe('server_error')
    expect(classify(302, '').class).toBe('server_error')
    expect(classify(400, { error: 'nope' }).message).toBe('nope')
  })

  it('lets another model try what this one lacks', () => {
    const message = 'Function calling is not enabled for models/gemma-3-1b-it'
    expect(google(400, 'INVALID_ARGUMENT', message)).toMatchObject({
      class: 'invalid_request',
      retry: 'other',
    })
    expect(google(400, 'INVALID_ARGUMENT', 'Bad')).toMatchObject({ retry: 'never' })
  })

  it('names the field, and never a key', () => {
    const field = rpc('BadRequest', { fieldViolations: [{ field: 'contents[0].role' }] })
    const message = 'Key AIzaSyA1234567890 is wrong'
    expect(google(400, 'INVALID_ARGUMENT', message, [field])).toMatchObject({
      param: 'contents[0].role',
      message: 'Key [key] is wrong',
    })
  })
})
