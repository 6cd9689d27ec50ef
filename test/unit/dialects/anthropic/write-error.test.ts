import { describe, expect, it } from 'vitest'
import { type FailureClass, failure } from '../../../../src/core/failure.ts'
import { objectAt, parseJson, stringAt } from '../../../../src/core/json.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import { readSseBlock } from '../../../../src/dialects/sse.ts'

const classes: readonly FailureClass[] = [
  'invalid_request',
  'context_length_exceeded',
  'content_filtered',
  'model_not_found',
  'request_too_large',
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'budget_exceeded',
  'provider_rate_limited',
  'provider_quota_exhausted',
  'provider_auth',
  'overloaded',
  'server_error',
  'unreachable',
  'timeout',
  'malformed_reply',
  'truncated',
  'no_target_available',
  'shutting_down',
  'cancelled',
  'internal',
]

const types: Partial<Record<FailureClass, string>> = {
  invalid_request: 'invalid_request_error',
  model_not_found: 'not_found_error',
  request_too_large: 'request_too_large',
  unauthenticated: 'authentication_error',
  forbidden: 'permission_error',
  rate_limited: 'rate_limit_error',
  overloaded: 'overloaded_error',
  timeout: 'timeout_error',
  internal: 'api_error',
}

describe('errors for clients', () => {
  it.each(classes)('%s has the shape of Anthropic and its own class as code', (name) => {
    const body = anthropic.writeError(failure(name, 'Something is wrong.'), 'wb_1')
    expect(stringAt(body, 'type')).toBe('error')
    expect(stringAt(body, 'request_id')).toBe('wb_1')
    const error = objectAt(body, 'error')
    expect(stringAt(error ?? {}, 'message')).toContain('Something is wrong.')
    expect(objectAt(error ?? {}, 'details')).toEqual({ error_code: name })
    const type = stringAt(error ?? {}, 'type')
    expect(type).toMatch(/_error$|^request_too_large$/)
    if (types[name] !== undefined) expect(type).toBe(types[name])
  })

  it('says "prompt is too long", by which clients know to shorten', () => {
    const message = (text: string) =>
      stringAt(
        objectAt(anthropic.writeError(failure('context_length_exceeded', text), 'wb_1'), 'error') ??
          {},
        'message',
      )
    expect(message('9000 tokens do not fit.')).toBe('prompt is too long: 9000 tokens do not fit.')
    expect(message('Prompt is too long.')).toBe('Prompt is too long.')
  })

  it('comes as an error event in a stream', () => {
    const wire = anthropic.writeStreamError(failure('truncated', 'Cut\noff.'), 'wb_1', 'sse')
    expect(wire.endsWith('\n\n')).toBe(true)
    const frame = readSseBlock(wire)
    expect(frame?.event).toBe('error')
    expect(parseJson(frame?.data ?? '')).toEqual(
      anthropic.writeError(failure('truncated', 'Cut\noff.'), 'wb_1'),
    )
  })
})
