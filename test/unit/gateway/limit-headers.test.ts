import { describe, expect, it } from 'vitest'
import { requestLimit, tokenLimit } from '../../../src/core/health/rate-headers.ts'
import type { Denial, Limit, Reading } from '../../../src/core/limits/limit.ts'
import { addLimitHeaders, type LimitsTold } from '../../../src/gateway/limit-headers.ts'
import { aLimit } from '../core/limits/some-limits.ts'

const nowMs = Date.parse('2026-11-20T14:30:00.250Z')

const reading = (limit: Limit, remaining: number, resetMs = 42_000): Reading => ({
  limit,
  subject: 'x',
  remaining,
  resetMs,
})

const requests = aLimit(['user'], {}, { burst: 10 })
const tokens = aLimit(['client'], {}, { metric: 'tokens', amount: 200_000 })
const daily = aLimit(['policy'], {}, { metric: 'tokens', per: 'day', amount: 1_000_000 })
const spending = aLimit(['policy'], {}, { metric: 'cost', per: 'day', amount: 5e9 })
const monthly = aLimit(['policy'], {}, { metric: 'cost', per: 'month', amount: 5e9 })
const atOnce = aLimit(['client'], {}, { metric: 'concurrent', per: null, amount: 10 })
const account = aLimit(['provider'], {}, { amount: 500 })

const denialOf = (limit: Limit, more: Partial<Denial> = {}): Denial => ({
  limit,
  subject: 'x',
  needed: 1,
  remaining: 0,
  retryAfterMs: 11_200,
  ...more,
})

function headersOf(
  told: Partial<LimitsTold>,
  settings?: Parameters<typeof addLimitHeaders>[2],
  before: string[] = [],
): Record<string, string> {
  const headers = [...before]
  const all: LimitsTold = { readings: [], denial: null, dialect: 'openai', nowMs, ...told }
  addLimitHeaders(headers, all, settings)
  const named: Record<string, string> = {}
  for (let at = 0; at < headers.length; at += 2) {
    expect(named).not.toHaveProperty(headers[at] ?? '')
    named[headers[at] ?? ''] = headers[at + 1] ?? ''
  }
  return named
}

describe('a 429 of ours', () => {
  it('has the names that OpenAI has', () => {
    const readings = [reading(requests, 0, 59_300), reading(tokens, 149_984.7, 360_000)]
    const denial = denialOf(requests)
    const headers = headersOf({ readings, denial })
    expect(headers).toEqual({
      'x-ratelimit-limit-requests': '110',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '59.3s',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-tokens': '6m0s',
    })
    expect(headersOf({ readings, denial, dialect: 'gemini' })).toEqual(headers)
    // As another gateway reads them.
    expect(requestLimit(headers)).toEqual({ limit: 110, remaining: 0, resetMs: 59_300 })
    expect(tokenLimit(headers)).toEqual({ limit: 200_000, remaining: 149_984, resetMs: 360_000 })
  })

  it('has the names and instants that Anthropic has', () => {
    const input = aLimit(['client'], {}, { metric: 'inputTokens', amount: 1_000 })
    const readings = [reading(requests, -3, 12_500), reading(input, 250, 0)]
    const told = { readings, denial: denialOf(requests), dialect: 'anthropic' } as const
    const headers = headersOf(told)
    expect(headers).toEqual({
      'anthropic-ratelimit-requests-limit': '110',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-20T14:30:13Z',
      'anthropic-ratelimit-input-tokens-limit': '1000',
      'anthropic-ratelimit-input-tokens-remaining': '250',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-20T14:30:01Z',
    })
    const date = new Date(nowMs).toUTCString()
    expect(requestLimit({ ...headers, date })).toMatchObject({ limit: 110, resetMs: 13_000 })
  })

  it('has an instant for Anthropic also where so much is owed that there is none', () => {
    const readings = [reading(requests, -9e15, 1e16)]
    const told = { readings, denial: denialOf(requests), dialect: 'anthropic' } as const
    const name = 'anthropic-ratelimit-requests-reset'
    expect(headersOf(told)[name]).toBe('9999-12-31T23:59:59Z')
  })

  it('tells of each metric the limit with the least share left, but first the one that denies', () => {
    const readings = [reading(tokens, 100_000), reading(daily, 100_000), reading(requests, 0)]
    expect(headersOf({ readings, denial: denialOf(requests) })).toMatchObject({
      'x-ratelimit-limit-tokens': '1000000',
    })
    expect(headersOf({ readings, denial: denialOf(tokens) })).toMatchObject({
      'x-ratelimit-limit-tokens': '200000',
    })
  })

  it('has money in dollars and requests at a time, under names of our own', () => {
    const readings = [reading(atOnce, 2, 0), reading(spending, 123_450_000, 5 * 3_600_000)]
    const told = { readings, denial: denialOf(spending) }
    const expected = {
      'x-ratelimit-limit-cost': '5',
      'x-ratelimit-remaining-cost': '0.12345',
      'x-ratelimit-reset-cost': '5h0m0s',
      'x-ratelimit-limit-concurrent': '10',
      'x-ratelimit-remaining-concurrent': '2',
    }
    expect(headersOf(told)).toEqual(expected)
    expect(headersOf({ ...told, dialect: 'anthropic' })).toEqual(expected)
  })

  it('tells the limit that denies also where it was not read', () => {
    const denial = denialOf(spending, { remaining: 1_000_000 })
    expect(headersOf({ readings: [reading(requests, 109)], denial })).toMatchObject({
      'x-ratelimit-remaining-requests': '109',
      'x-ratelimit-remaining-cost': '0.001',
      'x-ratelimit-reset-cost': '11.2s',
    })
  })

  it('tells nothing of the account that a target belongs to', () => {
    const told = { readings: [reading(requests, 109)], denial: denialOf(account) }
    const headers = headersOf(told, { on: 'all', ietf: true })
    expect(headers['x-ratelimit-limit-requests']).toBe('110')
    expect(JSON.stringify(headers)).not.toMatch(/500|provider/)
    expect(headersOf({ denial: denialOf(account) })).toEqual({})
  })
})

describe('any other answer', () => {
  const theirs = [
    'x-ratelimit-limit-requests',
    '9999',
    'anthropic-ratelimit-tokens-limit',
    '1',
    'retry-after',
    '2',
    'ratelimit',
    '"a";r=1',
  ]

  it('is left as it is, unless the configuration wants headers on all', () => {
    const readings = [reading(requests, 109)]
    expect(headersOf({ readings }, undefined, theirs)).toHaveProperty('ratelimit')
    expect(headersOf({ readings }, { on: 'refused', ietf: true })).toEqual({})
    expect(headersOf({ readings }, { on: 'all', ietf: false })).toMatchObject({
      'x-ratelimit-remaining-requests': '109',
    })
  })

  it('then has nothing of what the provider says of its limits', () => {
    const readings = [reading(requests, 109)]
    const headers = headersOf({ readings }, { on: 'all', ietf: false }, theirs)
    expect(Object.keys(headers)).toEqual([
      'retry-after',
      'x-ratelimit-limit-requests',
      'x-ratelimit-remaining-requests',
      'x-ratelimit-reset-requests',
    ])
    expect(headers['x-ratelimit-limit-requests']).toBe('110')
  })

  it('keeps those of the provider where no limit binds', () => {
    const headers = headersOf({}, { on: 'all', ietf: true }, theirs)
    expect(Object.keys(headers)).toHaveLength(4)
  })
})

describe('the headers the IETF drafts', () => {
  const ietf = { on: 'all', ietf: true } as const

  it('list every limit of the caller as structured fields', () => {
    const readings = [
      reading(requests, 87.5, 41_100),
      reading(daily, 400_000, 3_600_000),
      reading(monthly, 1_234_567, 86_400_000),
      reading(atOnce, -1, 0),
    ]
    const { 'ratelimit-policy': policy, ratelimit } = headersOf({ readings }, ietf)
    expect(policy?.split(', ')).toEqual([
      '"user requests/minute";q=110;w=60',
      '"policy tokens/day";q=1000000;w=86400;qu="tokens"',
      '"policy cost/month";q=5000000;qu="micro-usd"',
      '"client concurrent/null";q=10;qu="concurrent-requests"',
    ])
    expect(ratelimit?.split(', ')).toEqual([
      '"user requests/minute";r=87;t=42',
      '"policy tokens/day";r=400000;t=3600',
      '"policy cost/month";r=1234;t=86400',
      '"client concurrent/null";r=0',
    ])
  })

  it('end the window of what denies where the request fits again', () => {
    const readings = [reading(requests, 0, 59_000)]
    const headers = headersOf({ readings, denial: denialOf(requests) }, ietf)
    expect(headers['ratelimit']).toBe('"user requests/minute";r=0;t=12')
  })

  it('can be parsed whatever a policy is called and however large a limit is', () => {
    const odd = aLimit(['policy'], {}, { id: 'policy:"Müller"\\\n\ud800 50% x', amount: 9e15 })
    const { 'ratelimit-policy': policy } = headersOf({ readings: [reading(odd, 9e15)] }, ietf)
    expect(policy).toBe('"policy:%22M%C3%BCller%22%5C%0A%EF%BF%BD 50%25 x";q=999999999999999;w=60')
  })
})
