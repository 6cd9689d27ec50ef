import { describe, expect, it } from 'vitest'
import { createSimulatedUpstream } from '../../../src/adapters/upstream/simulated.ts'
import type { Simulation } from '../../../src/core/catalog.ts'
import type { UpstreamExchange } from '../../../src/gateway/ports.ts'
import { manualClock } from './manual-clock.ts'
import { deltas, hello } from './raw-client.ts'

const healthy: Simulation = {
  timeToFirstTokenMs: 300,
  tokensPerSecond: 100,
  errorRate: 0,
  seed: 1,
}

interface Seen {
  readonly events: string[]
  readonly data: Buffer[]
  status: number | null
  headers: Readonly<Record<string, string>>
}

type Played = Seen & { readonly exchange: UpstreamExchange }

function setUp(simulation: Simulation = healthy) {
  const clock = manualClock()
  const upstream = createSimulatedUpstream(simulation, clock)
  const send = (path: string, body: unknown): Played => {
    const bytes = Buffer.from(JSON.stringify(body))
    const seen: Seen = { events: [], data: [], status: null, headers: {} }
    const note = (what: string) => seen.events.push(`${clock.monotonicMs()}:${what}`)
    const exchange = upstream.send(
      {
        origin: 'http://simulated.invalid',
        path,
        method: 'POST',
        headers: ['content-type', 'application/json'],
        body: [bytes.subarray(0, 7), bytes.subarray(7)],
      },
      {
        connected: () => note('connected'),
        head: (status, headers) => {
          seen.status = status
          seen.headers = headers
          note('head')
        },
        data: (chunk) => void seen.data.push(Buffer.from(chunk)),
        ended: () => note('ended'),
        failed: (found) => note(found.class),
      },
    )
    return Object.assign(seen, { exchange })
  }
  const chat = (model: string, more: object = {}) =>
    send('/v1/chat/completions', { model, messages: hello, ...more })
  return { clock, upstream, send, chat }
}

const textOf = ({ data }: Played) => Buffer.concat(data).toString('utf8')

/** Texts of the tokens, without the head and tail that carry the time. */
const spokenIn = (played: Played) => deltas(textOf(played)).slice(1, -2)

describe('the simulated upstream', () => {
  it('answers each dialect, saying that it is simulated', () => {
    const { clock, send, chat } = setUp()
    const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]
    const replies = [
      chat('small'),
      send('/v1/responses', { model: 'small', input: 'Hi' }),
      send('/v1/messages', { model: 'small', max_tokens: 99, messages: hello }),
      send('/v1beta/models/small:generateContent', { contents }),
    ]
    clock.advance(5000)
    for (const reply of replies) {
      expect(reply.status).toBe(200)
      expect(reply.headers['content-type']).toBe('application/json')
      expect(textOf(reply)).toContain('This is a simulated reply')
      expect(reply.events.at(-1)).toMatch(/:ended$/)
    }
  })

  it('keeps the time to first token and the pace', () => {
    const { clock, chat } = setUp()
    const reply = chat('small', { stream: true })
    clock.advance(299)
    expect(reply.events).toEqual(['0:connected'])
    clock.advance(1)
    expect(deltas(textOf(reply))).toHaveLength(2)
    clock.advance(100)
    expect(deltas(textOf(reply))).toHaveLength(12)
    clock.advance(490)
    expect(reply.events).toEqual(['0:connected', '300:head', '890:ended'])
    expect(textOf(reply).endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('waits while paused and goes on where it was', () => {
    const { clock, chat } = setUp()
    const reply = chat('small', { stream: true })
    clock.advance(400)
    reply.exchange.pause()
    const before = textOf(reply)
    clock.advance(10_000)
    expect(textOf(reply)).toBe(before)
    reply.exchange.resume()
    clock.advance(1)
    const whole = chat('small', { stream: true })
    clock.advance(5000)
    expect(spokenIn(reply)).toEqual(spokenIn(whole))
  })

  it.each([0, 100, 450])('says nothing more after an abort at %i ms', (atMs) => {
    const { clock, chat } = setUp()
    const reply = chat('small', { stream: true })
    clock.advance(atMs)
    const { events, data } = { events: [...reply.events], data: reply.data.length }
    reply.exchange.abort()
    clock.advance(5000)
    expect(reply.events).toEqual(events)
    expect(reply.data).toHaveLength(data)
  })

  it('fails its share of requests, the same ones for the same seed', () => {
    const statuses = () => {
      const { clock, chat } = setUp({ ...healthy, errorRate: 0.3 })
      const replies = Array.from({ length: 400 }, () => chat('small'))
      clock.advance(5000)
      return replies.map(({ status }) => status)
    }
    const first = statuses()
    const failed = first.filter((status) => status === 503).length
    expect(failed).toBeGreaterThan(80)
    expect(failed).toBeLessThan(160)
    expect(first.filter((status) => status !== 503 && status !== 200)).toEqual([])
    expect(statuses()).toEqual(first)
  })

  it.each([
    ['fault=rst', ['0:connected', '300:unreachable']],
    ['fault=silent', ['0:connected']],
    ['fault=cut-fin@3', ['0:connected', '300:head', '330:truncated']],
    ['fault=stall@3', ['0:connected', '300:head']],
  ])('takes faults in the model name: %s', (fault, events) => {
    const { clock, chat } = setUp()
    const reply = chat(`small;${fault}`, { stream: true })
    clock.advance(60_000)
    expect(reply.events).toEqual(events)
  })

  it('ends what is running when it is closed', async () => {
    const { clock, upstream, chat } = setUp()
    const reply = chat('small', { stream: true })
    await upstream.close()
    clock.advance(5000)
    expect(reply.events).toEqual([])
  })
})
