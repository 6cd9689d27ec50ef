import { describe, expect, it } from 'vitest'
import { readAddress, showAddress } from '../../../../src/adapters/state/redis/address.ts'
import { Away, describeProblem, movedTo } from '../../../../src/adapters/state/redis/problems.ts'

function address(text: string) {
  const read = readAddress(text)
  if (typeof read === 'string') throw new Error(read)
  return read
}

describe('the address of a state', () => {
  it('has defaults for all but its scheme', () => {
    expect(address('redis://')).toEqual({
      host: '127.0.0.1',
      port: 6379,
      tls: false,
      username: null,
      password: null,
      database: 0,
      prefix: 'waybill',
      timeoutMs: 50,
    })
  })

  it('says everything else', () => {
    expect(address('rediss://me:p%40ss@[::1]:7000/3?prefix=team-a&timeout=250ms')).toEqual({
      host: '::1',
      port: 7000,
      tls: true,
      username: 'me',
      password: 'p@ss',
      database: 3,
      prefix: 'team-a',
      timeoutMs: 250,
    })
  })

  it.each([
    'http://localhost',
    'localhost:6379',
    'redis://host/name',
    'redis://host/123456',
    'redis://user:%zz@host',
    'redis://host?prefix={a}',
    'redis://host?prefix=',
    'redis://host?timeout=1s',
  ])('is refused with what is right instead: %s', (text) => {
    const problem = readAddress(text.replace('user:', 'user:secret'))
    expect(problem).toMatch(/must|Write/)
    expect(problem).not.toContain('secret')
  })

  it('is shown without credentials', () => {
    expect(showAddress(address('redis://me:secret@cache:7000/3'))).toBe('redis://cache:7000/3')
    expect(showAddress(address('rediss://[::1]'))).toBe('rediss://[::1]:6379')
  })
})

describe('a problem with Redis', () => {
  const cache = address('redis://me:secret@cache')

  it.each([
    ['READONLY You can not write against a read only replica.', 'is a read-only replica'],
    ['OOM command not allowed', 'has no memory left'],
    ['WRONGPASS invalid username-password pair', 'does not accept the user and password'],
    ['NOPERM this user has no permissions', 'does not let this user run what limits need'],
    ['LOADING Redis is loading the dataset in memory', 'is still loading its data'],
    ['ERR unknown command EVALSHA', 'does not know scripts'],
    ['connect ECONNREFUSED 10.0.0.1:6379', 'refuses connections'],
    ['Something new with secret in it', 'failed: Something new with *** in it'],
  ])('is told so that it can be mended: %s', (message, meaning) => {
    const text = describeProblem(new Error(message), cache)
    expect(text).toContain(`Redis at redis://cache:6379 ${meaning}`)
    expect(text).not.toContain('secret')
  })

  it('of several addresses of a name is told as one', () => {
    const errors = [new Error('connect ECONNREFUSED ::1:1'), new Error('connect ECONNREFUSED 1:1')]
    expect(describeProblem(new AggregateError(errors), cache)).toContain('refuses connections')
  })

  it('that was found here reads on as it is', () => {
    const text = describeProblem(new Away('did not answer within 50 ms'), cache)
    expect(text).toBe('Redis at redis://cache:6379 did not answer within 50 ms')
  })

  it('may be that another node of a cluster has the books', () => {
    expect(movedTo('MOVED 6918 10.0.0.7:7001', cache)).toEqual({
      ...cache,
      host: '10.0.0.7',
      port: 7001,
    })
    expect(movedTo('MOVED 6918 :7001', cache)).toEqual({ ...cache, port: 7001 })
    expect(movedTo('LOADING', cache)).toBeNull()
  })
})
