import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestLimit } from '../../../src/core/health/rate-headers.ts'
import { durationText } from '../../../src/gateway/duration-text.ts'

describe('a duration as OpenAI writes it', () => {
  it.each([
    [-5, '0s'],
    [0, '0s'],
    [0.2, '1ms'],
    [17, '17ms'],
    [999.5, '1s'],
    [1_000, '1s'],
    [59_250, '59.25s'],
    [360_000, '6m0s'],
    [86_400, '1m26.4s'],
    [3_600_000, '1h0m0s'],
    [30 * 86_400_000, '720h0m0s'],
  ])('%d ms: %s', (durationMs, text) => {
    expect(durationText(durationMs)).toBe(text)
  })

  it('is read back as it was', () => {
    fc.assert(
      fc.property(fc.nat(1e10), (durationMs) => {
        const heard = requestLimit({
          'x-ratelimit-limit-requests': '1',
          'x-ratelimit-remaining-requests': '1',
          'x-ratelimit-reset-requests': durationText(durationMs),
        })
        expect(heard?.resetMs).toBeCloseTo(durationMs, 3)
      }),
    )
  })
})
