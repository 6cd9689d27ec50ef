import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failure } from '../../../src/core/failure.ts'
import {
  done,
  finish,
  json,
  problem,
  role,
  type StartedAttempt,
  sse,
  startAttempt,
  usage,
  wholeReply,
  word,
} from './attempts.ts'

const broken = failure('truncated', 'The provider broke off its reply.')

/** A stream that has said a word. */
function speaking(options: Parameters<typeof startAttempt>[0] = {}): StartedAttempt {
  const started = startAttempt(options)
  started.provider.connected()
  started.provider.head(200, sse)
  started.provider.say(role + word('hi'))
  return started
}

describe('before the first output', () => {
  it('nothing is given out, and a failure is only told', () => {
    const { provider, told, exchange } = startAttempt()
    provider.connected()
    provider.head(200, sse)
    provider.say(role)
    expect(told.output).toBe('')
    provider.say(problem)
    provider.ended()
    expect(told).toMatchObject({ output: '', tail: null, failure: { class: 'overloaded' } })
    expect(exchange.aborted).toBe(true)
  })

  it('the connection breaking after an error event leaves the error as it was', () => {
    const { provider, told } = startAttempt()
    provider.connected()
    provider.head(200, sse)
    provider.say(problem)
    provider.failed(broken)
    expect(told.failure?.class).toBe('overloaded')
  })

  it('a first token that does not come in time fails, and the connection is closed', () => {
    const { clock, provider, told, exchange } = startAttempt()
    provider.connected()
    provider.head(200, sse)
    provider.say(role)
    clock.advance(4_999)
    expect(told.failure).toBeNull()
    clock.advance(1)
    expect(told.failure).toMatchObject({ class: 'timeout', retry: 'other' })
    expect(exchange.aborted).toBe(true)
    expect(clock.waiting()).toBe(0)
  })

  it('a connection that does not stand in time fails', () => {
    const { clock, told, exchange } = startAttempt()
    clock.advance(1_000)
    expect(told.failure?.message).toMatch(/did not accept a connection/)
    expect(exchange.aborted).toBe(true)
  })
})

describe('the end of a stream', () => {
  it('is its formal end, once the provider closes', () => {
    const { clock, provider, told } = speaking()
    provider.say(finish + usage + done)
    expect(told.tail).toBeNull()
    provider.ended()
    expect(told.output + told.tail).toBe(role + word('hi') + finish + usage + done)
    expect(clock.waiting()).toBe(0)
  })

  it('is its formal end also when the connection breaks after it', () => {
    const { provider, told } = speaking()
    provider.say(finish + done)
    provider.failed(broken)
    expect(told.failure).toBeNull()
    expect(told.output + told.tail).toContain('[DONE]')
  })

  it('is its finish reason when the connection breaks after that', () => {
    const { attempt, provider, told } = speaking()
    provider.say(finish + usage)
    provider.failed(broken)
    expect(told.failure).toBeNull()
    expect(attempt.record(0)).toMatchObject({
      usage: { outputTokens: 2 },
      usageEstimated: false,
    })
  })

  it('is its finish reason when nothing follows within a second', () => {
    const { clock, provider, told, exchange } = speaking()
    provider.say(finish + usage)
    clock.advance(1_000)
    expect(told).toMatchObject({ failure: null, tail: '' })
    expect(exchange.aborted).toBe(true)
    expect(clock.waiting()).toBe(0)
  })

  it('does not wait for a provider that says the end and stays', () => {
    const { clock, provider, told, exchange } = speaking()
    provider.say(finish + done)
    clock.advance(100)
    expect(told.tail).toBe(finish + done)
    expect(exchange.aborted).toBe(true)
    expect(clock.waiting()).toBe(0)
  })

  it('may be followed by more for two seconds, not for ever', () => {
    const { clock, provider, told } = speaking()
    provider.say(finish + done)
    for (let more = 0; more < 200 && told.tail === null; more++) {
      clock.advance(20)
      provider.say(': more\n\n')
    }
    expect(told.tail).not.toBeNull()
    expect(clock.monotonicMs()).toBeLessThan(2_500)
  })

  it('may be followed by more, but not by any amount', () => {
    const { provider, told, exchange } = speaking()
    provider.say(finish + done)
    for (let more = 0; more < 100 && told.tail === null; more++) {
      provider.say(`: ${'x'.repeat(4_000)}\n\n`)
    }
    expect(told.failure).toBeNull()
    expect(told.tail?.length).toBeLessThan(80_000)
    expect(exchange.aborted).toBe(true)
  })

  it('is no end without a finish reason', () => {
    const { provider, told } = speaking()
    provider.ended()
    expect(told).toMatchObject({ tail: null, failure: { class: 'truncated' } })
  })

  it('is no end when the connection breaks without a finish reason', () => {
    const { attempt, provider, told } = speaking()
    provider.failed(broken)
    expect(told).toMatchObject({ tail: null, failure: { class: 'truncated' } })
    expect(attempt.record(0)).toMatchObject({
      usage: { outputTokens: 1 },
      usageEstimated: true,
    })
  })
})

describe('a stream that never stops', () => {
  it('is cut at 256 MiB, and the connection closed', () => {
    const { provider, told, exchange } = speaking()
    const event = Buffer.from(word('x'.repeat(1024 * 1024)))
    for (let count = 0; count < 250; count++) provider.data(event)
    expect(told.failure).toBeNull()
    told.output = ''
    for (let count = 0; count < 10; count++) provider.data(event)
    expect(told).toMatchObject({ tail: null, failure: { class: 'malformed_reply' } })
    expect(exchange.aborted).toBe(true)
  })
})

describe('silence in the middle', () => {
  it('fails at the idle limit', () => {
    const { clock, told } = speaking()
    clock.advance(2_999)
    expect(told.failure).toBeNull()
    clock.advance(1)
    expect(told.failure?.message).toMatch(/fell silent/)
  })

  it('is not held against the provider while the client does not read', () => {
    const { attempt, clock, provider, told, exchange } = speaking()
    attempt.pause()
    expect(exchange.paused).toBe(true)
    clock.advance(1_000_000)
    attempt.resume()
    expect(exchange.paused).toBe(false)
    provider.say(word(' there'))
    expect(told).toMatchObject({ failure: null, output: role + word('hi') + word(' there') })
  })
})

describe('a whole reply', () => {
  const begun = (options: Parameters<typeof startAttempt>[0] = {}) => {
    const started = startAttempt({ streaming: false, ...options })
    started.provider.connected()
    return started
  }

  it('is given out when it is complete', () => {
    const { provider, told } = begun()
    provider.head(200, json)
    provider.say(wholeReply.slice(0, 20))
    provider.say(wholeReply.slice(20))
    expect(told).toEqual({ output: '', tail: null, failure: null })
    provider.ended()
    expect(told).toEqual({ output: '', tail: wholeReply, failure: null })
  })

  it('that comes byte by byte without end fails at the total limit', () => {
    const { clock, provider, told } = begun()
    provider.head(200, json)
    for (let second = 0; second < 20 && told.failure === null; second++) {
      provider.say(' ')
      clock.advance(1_000)
    }
    expect(told.failure?.message).toMatch(/did not answer completely within 10000 ms/)
    expect(clock.monotonicMs()).toBe(10_000)
  })

  it('that is longer than any is cut, and the connection closed', () => {
    const { provider, told, exchange } = begun({ timeouts: { totalMs: 60_000 } })
    provider.head(200, json)
    const piece = Buffer.alloc(1024 * 1024, 'x')
    provider.data(Buffer.concat([Buffer.from('{"a":"'), piece]))
    for (let mebibyte = 0; mebibyte < 256; mebibyte++) provider.data(piece.subarray(0, 1024))
    expect(told.failure).toBeNull()
    for (let mebibyte = 0; mebibyte < 256; mebibyte++) provider.data(piece)
    expect(told.failure?.class).toBe('malformed_reply')
    expect(exchange.aborted).toBe(true)
  })

  it('that is cut after some of it went out is paid for', () => {
    const { attempt, provider } = begun()
    provider.head(200, json)
    provider.say(`{"choices":[{"message":{"content":"${'word '.repeat(20_000)}`)
    provider.failed(broken)
    const counted = attempt.record(0)
    expect(counted.usageEstimated).toBe(true)
    expect(counted.usage.outputTokens).toBeGreaterThan(20_000)
  })
})

describe('an error answer', () => {
  it('is understood from its body and kept for the client', () => {
    const { attempt, provider, told } = startAttempt()
    const body = JSON.stringify({ error: { message: 'slow down', type: 'rate_limit' } })
    provider.connected()
    provider.head(429, { ...json, 'retry-after': '7' })
    provider.say(body)
    provider.ended()
    expect(told.failure).toMatchObject({ class: 'provider_rate_limited', retryAfterMs: 7_000 })
    expect(attempt.upstreamReply?.body.toString()).toBe(body)
  })

  it('that does not end is understood from its beginning', () => {
    const { attempt, provider, told, exchange } = startAttempt()
    provider.connected()
    provider.head(500, json)
    for (let piece = 0; piece < 100 && told.failure === null; piece++) {
      provider.data(Buffer.alloc(16 * 1024, 'x'))
    }
    expect(told.failure?.class).toBe('server_error')
    expect(attempt.upstreamReply?.body.length).toBe(256 * 1024)
    expect(exchange.aborted).toBe(true)
  })
})

describe('any course of a stream', () => {
  const garbage = 'data: {"choices":[{\n\n'
  const act = fc.oneof(
    fc
      .constantFrom(role, word('hi'), finish, usage, done, problem, garbage)
      .map((text) => ({ say: text })),
    fc.integer({ min: 1, max: 4_000 }),
    fc.constantFrom('pause', 'resume', 'ended', 'failed', 'cancel'),
  )

  it('comes out once, never as success without an end, and leaves nothing behind', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        const { attempt, clock, provider, exchange, told } = startAttempt()
        let outcomes = 0
        let cancelled = false
        let closed = false
        const before = { tail: told.tail, failure: told.failure }
        provider.connected()
        provider.head(200, sse)
        for (const one of [...acts, 'resume', 20_000, 'ended'] as const) {
          if (typeof one === 'number') clock.advance(one)
          else if (typeof one === 'object') {
            if (!closed && !exchange.aborted && !exchange.paused) provider.say(one.say)
          } else if (one === 'pause') attempt.pause()
          else if (one === 'resume') attempt.resume()
          else if (one === 'cancel') {
            cancelled ||= told.tail === null && told.failure === null
            attempt.cancel()
          } else if (!closed && !exchange.aborted) {
            closed = true
            if (one === 'ended') provider.ended()
            else provider.failed(broken)
          }
          if (told.tail !== before.tail || told.failure !== before.failure) outcomes += 1
          Object.assign(before, { tail: told.tail, failure: told.failure })
        }
        expect(outcomes).toBe(cancelled ? 0 : 1)
        if (told.tail !== null) {
          expect(told.output + told.tail).toMatch(/"finish_reason":"stop"|\[DONE\]/)
        }
        expect(clock.waiting()).toBe(0)
        expect(closed || exchange.aborted).toBe(true)
        expect(attempt.record(0).usage.outputTokens).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 1_000 },
    )
  })
})
