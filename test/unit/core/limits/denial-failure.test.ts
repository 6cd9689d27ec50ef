import { describe, expect, it } from 'vitest'
import {
  attemptFailure,
  denialFailure,
  denialReason,
  outOfReachFailure,
} from '../../../../src/core/limits/denial-failure.ts'
import type { Denial, Limit } from '../../../../src/core/limits/limit.ts'
import { aLimit } from './some-limits.ts'

function denial(limit: Limit, subject: string, more: Partial<Denial> = {}): Denial {
  return { limit, subject, needed: 1, remaining: 0, retryAfterMs: 11_200, ...more }
}

const requests = aLimit(['user'])
const tokens = aLimit(['client'], {}, { metric: 'tokens', amount: 200_000 })
const spending = aLimit(['policy'], {}, { metric: 'cost', per: 'day', amount: 5e9 })
const atOnce = aLimit(['client'], {}, { metric: 'concurrent', per: null, amount: 10 })
const account = aLimit(['provider'], {}, { amount: 500 })

describe('what a client is told that a limit turned away', () => {
  it.each([
    [
      denial(requests, 'user:alice'),
      'The limit of 100 requests per minute for user alice is used up: 1 needed, 0 left; try again in 12 s.',
    ],
    [
      denial(aLimit(['global'], {}, { burst: 10 }), 'global', { retryAfterMs: 100 }),
      'The limit of 100 requests per minute (burst 10) for all clients together is used up: 1 needed, 0 left; try again in 1 s.',
    ],
    [
      denial(tokens, 'client:web', { needed: 5200.2, remaining: 4000.9, retryAfterMs: 180_000 }),
      'The limit of 200000 tokens per minute for client web has too little left: 5201 needed, 4000 left; try again in 3 min.',
    ],
    [
      denial(tokens, 'client:web', { needed: 1, remaining: -5000 }),
      'The limit of 200000 tokens per minute for client web is used up: 1 needed, 0 left; try again in 12 s.',
    ],
    [
      denial(spending, 'policy:product-x', {
        needed: 12_345_678,
        remaining: 4_100_000,
        retryAfterMs: 18_720_000,
      }),
      'The budget of $5.00 per day for policy product-x has too little left: $0.012346 needed, $0.0041 left; try again in 5 h 12 min.',
    ],
    [
      denial(atOnce, 'client:web', { retryAfterMs: 1000 }),
      'The limit of 10 requests at a time for client web is used up: 1 needed, 0 left; try again when one has ended.',
    ],
    [
      denial(aLimit(['ip', 'model']), 'ip:2001:db8::/64|model:fast'),
      'The limit of 100 requests per minute for address 2001:db8::/64 and model fast is used up: 1 needed, 0 left; try again in 12 s.',
    ],
  ])('%#: names the limit, what was needed and left, and when again', (denied, message) => {
    expect(denialFailure(denied).message).toBe(message)
  })

  it('has the class, fault and wait of a rate', () => {
    expect(denialFailure(denial(requests, 'user:alice'))).toMatchObject({
      class: 'rate_limited',
      fault: 'policy',
      retry: 'never',
      retryAfterMs: 11_200,
    })
  })

  it.each([
    ['money', spending, 'budget_exceeded'],
    ['money of a minute', aLimit(['user'], {}, { metric: 'cost' }), 'budget_exceeded'],
    ['tokens of a day', aLimit(['user'], {}, { metric: 'tokens', per: 'day' }), 'rate_limited'],
    ['requests of a day', aLimit(['user'], {}, { per: 'day' }), 'rate_limited'],
    ['requests at a time', atOnce, 'rate_limited'],
  ])('is a budget or a rate: %s', (_, limit, expected) => {
    expect(denialFailure(denial(limit, 'x')).class).toBe(expected)
  })

  it.each([
    [tokens, 250_000, '250000 tokens', 'shorten it, or ask for fewer output tokens'],
    [spending, 6.5e9, '$6.50', 'make it smaller, or ask for a cheaper model'],
  ])('%#: does not ask to wait for what never comes', (limit, needed, words, remedy) => {
    const told = denialFailure(denial(limit, 'client:web', { needed, retryAfterMs: null }))
    expect(told.retryAfterMs).toBeNull()
    expect(told.message).toContain(`This request needs ${words}, more than the `)
    expect(told.message).toContain(` ever allows at once: ${remedy}.`)
  })

  it('says nothing of the figures of an account', () => {
    const { message, class: name, retryAfterMs } = denialFailure(denial(account, 'provider:east'))
    expect({ message, name, retryAfterMs }).toEqual({
      message: 'Every target this request may go to is at a limit; try again in 12 s.',
      name: 'rate_limited',
      retryAfterMs: 11_200,
    })
    const dear = aLimit(['target'], {}, { metric: 'cost', per: 'month' })
    for (const wait of [null, 5]) {
      const told = denialFailure(denial(dear, 'target:east/gpt', { retryAfterMs: wait }))
      expect(told.class).toBe('rate_limited')
      expect(told.message).not.toMatch(/east|\d{2}|\$/)
    }
  })

  it('keeps made-up names short', () => {
    const { message } = denialFailure(denial(requests, `user:${'x'.repeat(250)}`))
    expect(message).toContain(`for user ${'x'.repeat(79)}… is`)
  })
})

describe('one attempt without room', () => {
  it('leaves room for another target', () => {
    for (const limit of [account, spending]) {
      const failed = attemptFailure(denial(limit, 'x:y'))
      expect(failed).toMatchObject({ retry: 'other', retryAfterMs: 11_200 })
    }
    expect(attemptFailure(denial(account, 'provider:east')).message).toBe(
      'The target is at a limit; try again in 12 s.',
    )
  })
})

describe('why a target is left out', () => {
  it.each([
    [
      denial(account, 'provider:east'),
      'its limit of 500 requests per minute is used up for 12 s more',
    ],
    [
      denial(aLimit(['target'], {}, { metric: 'concurrent', per: null }), 'target:a/b'),
      'its limit of 100 requests at a time is used up',
    ],
    [
      denial(spending, 'policy:product-x', { needed: 2e7, remaining: 1e7 }),
      'the budget of $5.00 per day for policy product-x has too little left for 12 s more',
    ],
    [
      denial(aLimit(['client', 'target']), 'client:web|target:a/b', { needed: 5 }),
      'the limit of 100 requests per minute for client web and target a/b is used up for 12 s more',
    ],
    [
      denial(aLimit(['provider'], {}, { metric: 'tokens' }), 'provider:a', {
        needed: 400,
        retryAfterMs: null,
      }),
      'needs 400 tokens, more than its limit of 100 tokens per minute ever allows',
    ],
  ])('%#', (denied, reason) => {
    expect(denialReason(denied)).toBe(reason)
  })
})

describe('a strict limit whose state is out of reach', () => {
  it('is no fault of the caller, and passes', () => {
    expect(outOfReachFailure(requests)).toMatchObject({
      class: 'no_target_available',
      retry: 'never',
      retryAfterMs: 5_000,
      message:
        'The limit of 100 requests per minute is strict, and what counts it is out of reach: try again in 5 s.',
    })
    expect(outOfReachFailure(account)).toMatchObject({ retry: 'other' })
    expect(outOfReachFailure(account).message).not.toContain('500')
  })
})
