import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { failure, type Outcome } from '../../../src/core/failure.ts'
import { ClientRequest } from '../../../src/http/client-request.ts'
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

/** A body under way, as its reader sees it. */
interface Reading {
  piece(text: string | Buffer): void
  end(): void
  leave(): void
  readonly results: Outcome<Uint8Array>[]
}

const bytesOf = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text) : text)

function fromStream(limitBytes = 1_000): Reading {
  const message = new IncomingMessage(new Socket())
  const results: Outcome<Uint8Array>[] = []
  bodies.read(message, limitBytes, (outcome) => results.push(outcome))
  return {
    piece: (text) => void message.emit('data', bytesOf(text)),
    end: () => void message.emit('end'),
    leave: () => void message.emit('close'),
    results,
  }
}

function fromNew(limitBytes = 1_000): Reading {
  const message = new ClientRequest(new Socket())
  const results: Outcome<Uint8Array>[] = []
  bodies.readNew(message, limitBytes, (outcome) => results.push(outcome))
  return {
    piece: (text) => void message.push(bytesOf(text)),
    end: () => void message.push(null),
    leave: () => void message.destroy(),
    results,
  }
}

const ways = [
  ['a stream', fromStream],
  ['a new request', fromNew],
] as const

const text = (outcome: Outcome<Uint8Array> | undefined) =>
  outcome?.ok === true ? Buffer.from(outcome.value).toString() : outcome?.failure.class

describe.each(ways)('a body of %s', (_, reading) => {
  it('is read whole, in however many pieces it comes', () => {
    const { piece, end, results } = reading()
    piece('{"a')
    piece('":1}')
    expect(results).toEqual([])
    end()
    expect(results.map(text)).toEqual(['{"a":1}'])
  })

  it('in one piece is not copied, and none is empty', () => {
    const one = reading()
    const piece = Buffer.from('{}')
    one.piece(piece)
    one.end()
    const [read] = one.results
    expect(read?.ok === true ? read.value : null).toBe(piece)
    const none = reading()
    none.end()
    expect(none.results.map(text)).toEqual([''])
  })

  it('of exactly the limit is taken; one byte more is refused, once', () => {
    const fits = reading(4)
    fits.piece('1234')
    fits.end()
    expect(fits.results.map(text)).toEqual(['1234'])
    const large = reading(4)
    large.piece('123')
    large.piece('45')
    large.piece('67')
    large.end()
    expect(large.results.map(text)).toEqual(['request_too_large'])
  })

  it('of a client that went away is nobody’s', () => {
    const { piece, leave, results } = reading()
    piece('{"a')
    leave()
    pass(60_000)
    expect(results).toEqual([])
  })
})

describe.each(ways)('a sender of %s that falls silent', (_, reading) => {
  it('is given up after 30 s, at the next sweep', () => {
    const { piece, end, results } = reading()
    piece('{')
    pass(30_000)
    expect(results).toEqual([])
    pass(5_000)
    expect(results.map(text)).toEqual(['invalid_request'])
    piece('}')
    end()
    pass(60_000)
    expect(results).toHaveLength(1)
  })

  it('is given up also when it never sends anything', () => {
    const { results } = reading()
    pass(36_000)
    expect(results.map(text)).toEqual(['invalid_request'])
  })

  it('is not one that sends slowly', () => {
    const { piece, end, results } = reading()
    for (let i = 0; i < 10; i++) {
      piece('x')
      pass(29_000)
    }
    expect(results).toEqual([])
    end()
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

it.each(ways)(
  'bodies of %s that are still coming are given up when the gateway ends',
  (_, reading) => {
    const [first, second, done] = [reading(), reading(), reading()]
    done.end()
    bodies.giveUp(failure('shutting_down', 'over'))
    for (const { end, results } of [first, second]) {
      end()
      expect(results.map(text)).toEqual(['shutting_down'])
    }
    expect(done.results.map(text)).toEqual([''])
  },
)

describe('what a client reads about the limit', () => {
  it.each([
    [32 * 1024 * 1024, '32 MiB'],
    [1024 * 1024, '1 MiB'],
    [10 * 1024, '10240 bytes'],
  ])('%i', (bytes, shown) => {
    expect(tooLarge(bytes).message).toContain(`(${shown})`)
  })
})
