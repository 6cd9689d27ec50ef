import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { failure, type Outcome } from '../../../src/core/failure.ts'
import { createBodyReader, tooLarge } from '../../../src/http/read-body.ts'

let nowMs = 0
let bodies: ReturnType<typeof createBodyReader>

beforeEach(() => {
  vi.useFakeTimers()
  nowMs = 0
  bodies = createBodyReader(() => nowMs)
})

afterEach(() => {
  bodies.stop()
  vi.useRealTimers()
})

/** Time passes, for the clock as for the sweep. */
function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 1_000) {
    nowMs += Math.min(1_000, left)
    vi.advanceTimersByTime(Math.min(1_000, left))
  }
}

function reading(limitBytes = 1_000) {
  const message = new IncomingMessage(new Socket())
  const results: Outcome<Uint8Array>[] = []
  bodies.read(message, limitBytes, (outcome) => results.push(outcome))
  return { message, results }
}

const text = (outcome: Outcome<Uint8Array> | undefined) =>
  outcome?.ok === true ? Buffer.from(outcome.value).toString() : outcome?.failure.class

describe('a body', () => {
  it('is read whole, in however many pieces it comes', () => {
    const { message, results } = reading()
    message.emit('data', Buffer.from('{"a'))
    message.emit('data', Buffer.from('":1}'))
    expect(results).toEqual([])
    message.emit('end')
    expect(results.map(text)).toEqual(['{"a":1}'])
  })

  it('in one piece is not copied, and none is empty', () => {
    const one = reading()
    const piece = Buffer.from('{}')
    one.message.emit('data', piece)
    one.message.emit('end')
    expect(one.results).toEqual([{ ok: true, value: piece }])
    const none = reading()
    none.message.emit('end')
    expect(none.results.map(text)).toEqual([''])
  })

  it('of exactly the limit is taken; one byte more is refused, once', () => {
    const fits = reading(4)
    fits.message.emit('data', Buffer.from('1234'))
    fits.message.emit('end')
    expect(fits.results.map(text)).toEqual(['1234'])
    const large = reading(4)
    large.message.emit('data', Buffer.from('123'))
    large.message.emit('data', Buffer.from('45'))
    large.message.emit('data', Buffer.from('67'))
    large.message.emit('end')
    expect(large.results.map(text)).toEqual(['request_too_large'])
  })

  it('of a client that went away is nobody’s', () => {
    const { message, results } = reading()
    message.emit('data', Buffer.from('{"a'))
    message.emit('close')
    pass(60_000)
    expect(results).toEqual([])
  })
})

describe('a sender that falls silent', () => {
  it('is given up after 30 s, at the next sweep', () => {
    const { message, results } = reading()
    message.emit('data', Buffer.from('{'))
    pass(30_000)
    expect(results).toEqual([])
    pass(5_000)
    expect(results.map(text)).toEqual(['invalid_request'])
    message.emit('data', Buffer.from('}'))
    message.emit('end')
    pass(60_000)
    expect(results).toHaveLength(1)
  })

  it('is given up also when it never sends anything', () => {
    const { results } = reading()
    pass(36_000)
    expect(results.map(text)).toEqual(['invalid_request'])
  })

  it('is not one that sends slowly', () => {
    const { message, results } = reading()
    for (let i = 0; i < 10; i++) {
      message.emit('data', Buffer.from('x'))
      pass(29_000)
    }
    expect(results).toEqual([])
    message.emit('end')
    expect(results.map(text)).toEqual(['x'.repeat(10)])
  })

  it('does not take others along', () => {
    const silent = reading()
    pass(20_000)
    const fresh = reading()
    pass(15_000)
    expect([silent.results.length, fresh.results.length]).toEqual([1, 0])
  })
})

it('all bodies that are still coming are given up when the gateway ends', () => {
  const [first, second, done] = [reading(), reading(), reading()]
  done.message.emit('end')
  bodies.giveUp(failure('shutting_down', 'over'))
  for (const { message, results } of [first, second]) {
    message.emit('end')
    expect(results.map(text)).toEqual(['shutting_down'])
  }
  expect(done.results.map(text)).toEqual([''])
})

describe('what a client reads about the limit', () => {
  it.each([
    [32 * 1024 * 1024, '32 MiB'],
    [1024 * 1024, '1 MiB'],
    [10 * 1024, '10240 bytes'],
  ])('%i', (bytes, shown) => {
    expect(tooLarge(bytes).message).toContain(`(${shown})`)
  })
})
