import { describe, expect, it } from 'vitest'
import { isOfSubject, limitIsOf } from '../../../../src/adapters/store/limits/report-filter.ts'
import { violation } from '../../../integration/limit-store/some-limits.ts'

const denied = violation({
  subject: 'client:web|model:fast',
  client: 'web',
  user: 'alice|client:cron',
  ip: '::1',
  model: 'fast',
})

describe('a violation', () => {
  it.each([
    null,
    'client:web|model:fast',
    'client:web',
    'model:fast',
    'user:alice%7Cclient:cron',
    'user:alice%7Cclient:cron|model:fast',
    'ip:::1',
  ])('concerns %s', (subject) => expect(isOfSubject(denied, subject)).toBe(true))

  it.each([
    'client:we',
    'client:cron',
    'client:web|model:slow',
    'user:alice',
    'user:',
    'global',
    'fast',
    '',
    ':',
  ])('does not concern %j', (subject) => expect(isOfSubject(denied, subject)).toBe(false))
})

describe('a limit', () => {
  it.each([
    ['user:alice requests/minute', 'user:alice'],
    ['user requests/minute', 'user:alice'],
    ['client|model:fast tokens/day', 'client:web'],
    ['client|model:fast tokens/day', 'model:fast'],
    ['global requests/minute', 'global'],
    ['anything', null],
  ])('%s is of %s', (limitId, subject) => expect(limitIsOf(limitId, subject)).toBe(true))

  it.each([
    ['user:alice requests/minute', 'user:bob'],
    ['user:alice requests/minute', 'user:ali'],
    ['users requests/minute', 'user:alice'],
    ['client|model:fast tokens/day', 'model:slow'],
  ])('%s is not of %s', (limitId, subject) => expect(limitIsOf(limitId, subject)).toBe(false))
})
