import { describe, expect, it } from 'vitest'
import { type FailureClass, failure } from '../../../src/core/failure.ts'
import { codecs } from '../../../src/gateway/codecs.ts'
import { ownError } from '../../../src/gateway/deliver.ts'

function headersOf(name: FailureClass, retryAfterMs: number | null): Record<string, string> {
  const [, headers] = ownError(failure(name, 'why', { retryAfterMs }), 'wb_1', codecs.openai)
  const named: Record<string, string> = {}
  for (let at = 0; at < headers.length; at += 2) named[headers[at] ?? ''] = headers[at + 1] ?? ''
  return named
}

describe('an error of ours', () => {
  it.each([
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [60_400, '61'],
  ])('that passes in %i ms lets SDKs ask again after %s s', (retryAfterMs, seconds) => {
    for (const name of ['rate_limited', 'budget_exceeded', 'no_target_available'] as const) {
      const headers = headersOf(name, retryAfterMs)
      expect(headers['retry-after']).toBe(seconds)
      expect(headers).not.toHaveProperty('x-should-retry')
    }
  })

  it('that lasts for longer than anybody waits in a call tells SDKs not to', () => {
    expect(headersOf('budget_exceeded', 61_001)).toMatchObject({
      'retry-after': '62',
      'x-should-retry': 'false',
    })
  })

  it('that waiting does not help has no time to wait', () => {
    for (const name of ['rate_limited', 'budget_exceeded', 'no_target_available'] as const) {
      const headers = headersOf(name, null)
      expect(headers['x-should-retry']).toBe('false')
      expect(headers).not.toHaveProperty('retry-after')
    }
  })

  it('of another kind is left to the SDKs', () => {
    expect(headersOf('shutting_down', null)).not.toHaveProperty('x-should-retry')
    expect(headersOf('invalid_request', null)).not.toHaveProperty('x-should-retry')
  })
})
