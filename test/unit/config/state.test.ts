import { describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/catalog.ts'
import { configure, environment } from './configure.ts'

const demo = 'providers: { demo: { simulated: {} } }\n'
const canary = 'canary-of-the-state'

function stateOf(address: string, variables: Readonly<Record<string, string>> = {}) {
  return configure(`${demo}state: ${JSON.stringify(address)}\n`, { ...environment, ...variables })
}

describe('the state', () => {
  it('is in memory, unless it is somewhere else', () => {
    expect(configure(demo).settings?.state).toEqual({ kind: 'memory' })
    expect(stateOf('memory').settings?.state).toEqual({ kind: 'memory' })
  })

  it.each([
    'redis://127.0.0.1:6379',
    'rediss://cache.example.com',
    'redis://[::1]:6379/15',
    'redis://cache.example.com:6379/',
    'rediss://user:p%40ss@cache.example.com/0',
    'redis://127.0.0.1?prefix=team-a',
    'redis://127.0.0.1?timeout=200ms&prefix=team-a',
  ])('may be at %s', (address) => {
    const state = stateOf(address).settings?.state
    expect(state?.kind === 'redis' && state.url.reveal()).toBe(address)
  })

  it('takes its address, or a part of it, from the environment', () => {
    const variables = { STATE: 'redis://cache:6379', PASSWORD: canary }
    const whole = stateOf(`\${STATE}`, variables).settings?.state
    expect(whole?.kind === 'redis' && whole.url.reveal()).toBe('redis://cache:6379')
    const part = stateOf(`redis://:\${PASSWORD}@cache`, variables).settings?.state
    expect(part?.kind === 'redis' && part.url.reveal()).toBe(`redis://:${canary}@cache`)
  })

  it('never shows its address', () => {
    const state = stateOf(`redis://:${canary}@cache`).settings?.state
    expect(state?.kind === 'redis' && state.url).toBeInstanceOf(Secret)
    expect(JSON.stringify(state)).not.toContain(canary)
  })

  it.each([
    ['memroy', 'must be memory, or the address of a Redis or Valkey'],
    ['', 'must be memory, or the address of a Redis or Valkey'],
    ['localhost:6379', 'must be memory, or the address of a Redis or Valkey'],
    [`http://${canary}@cache`, 'must be memory, or the address of a Redis or Valkey'],
    ['redis://', 'names no host'],
    [`redis://:${canary}/x@cache`, 'is no address that can be read'],
    [`redis://:${canary}@cache/limits`, 'has something other than the number of a database'],
    [`redis://cache?password=${canary}`, 'has a part behind ? or #'],
    [`redis://cache?prefix=a&prefix=${canary}`, 'has a part behind ? or #'],
    ['redis://cache?timeout=5', 'has a timeout that is none'],
    ['redis://cache?timeout=1ms', 'has a timeout that is none'],
    ['redis://cache?timeout=10000ms', 'has a timeout that is none'],
    [`redis://cache#${canary}`, 'has a part behind ? or #'],
    [`redis://cache?prefix=${canary}/x`, 'has a prefix that is no name'],
    [`redis://:${canary}%@cache`, 'has a % in it that means nothing'],
    [`\${MISSING}`, 'needs the environment variable MISSING, which is not set'],
    [`redis://:\${STATE_PASSWORD}@cache/x`, 'has something other than the number of a database'],
  ])('is not %j', (address, said) => {
    const { problems } = stateOf(address, { STATE_PASSWORD: canary })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`waybill.yaml:2:8: error: state: ${said}`)
    expect(problems[0]).not.toContain(canary)
  })

  it('is a text', () => {
    const { problems } = configure(`${demo}state: { url: "redis://:${canary}@cache" }\n`)
    expect(problems[0]).toContain('state: must be memory, or the address of a Redis or Valkey')
    expect(problems.join()).not.toContain(canary)
  })
})
