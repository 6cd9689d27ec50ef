import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failure } from '../../../src/core/failure.ts'
import { catalogOf } from '../config/configure.ts'
import { done, finish, json, problem, role, sse, usage, wholeReply, word } from './attempts.ts'
import { type Asked, gatewayRig, type Rig } from './rig.ts'

const catalog = catalogOf(`
providers:
  one: { dialect: openai, baseUrl: http://one.test }
  two: { dialect: openai, baseUrl: http://two.test }
  three: { dialect: openai, baseUrl: http://three.test }
models:
  single: { targets: [one/m], retry: { attempts: 3, backoff: 1s, maxBackoff: 4s } }
  chain:
    targets: [one/m, two/m, three/m]
    retry: { attempts: 2, backoff: 100ms }
    timeouts: { connect: 1s, firstToken: 2s, idle: 1s, total: 3s }
`)
const messages = [{ role: 'user', content: 'hi' }]
const closed = failure('unreachable', 'The provider closed the connection.')

function latest(rig: Rig): Asked {
  const one = rig.asked.at(-1)
  if (one === undefined) throw new Error('nobody was asked')
  return one
}

describe('the time a client allows', () => {
  const headers = { 'x-waybill-timeout-ms': '1000' }

  it('bounds a whole reply that has begun: the connection breaks', async () => {
    const rig = gatewayRig(catalog)
    const { got, over } = rig.send({ model: 'single', messages }, { headers })
    const one = latest(rig)
    one.observer.head(200, json)
    one.observer.data(Buffer.from(`{"choices":[{"message":{"content":"${'x'.repeat(70_000)}`))
    one.observer.data(Buffer.from('xyz'))
    expect(got.status).toBe(200)
    rig.clock.advance(1_000)
    await over
    expect(got).toMatchObject({ broken: true, ended: false })
    expect(one.aborted).toBe(true)
    expect(rig.records).toMatchObject([{ outcome: 'failure', failureClass: 'timeout' }])
  })

  it('bounds the wait for the first output of a stream', async () => {
    const rig = gatewayRig(catalog)
    const { got, over } = rig.send({ model: 'single', stream: true, messages }, { headers })
    const one = latest(rig)
    one.observer.head(200, sse)
    one.observer.data(Buffer.from(role))
    rig.clock.advance(1_000)
    await over
    expect(got.status).toBe(504)
    expect(one.aborted).toBe(true)
  })
})

describe('a client that leaves', () => {
  it('before anybody is asked leaves nothing behind', async () => {
    const rig = gatewayRig(catalog)
    const headers = { 'x-waybill-timeout-ms': '5000' }
    const { over } = rig.send({ model: 'chain', messages }, { headers, gone: true })
    await over
    expect(rig.asked).toEqual([])
    expect(rig.running.members()).toEqual([])
    expect(rig.clock.waiting()).toBe(0)
    expect(rig.records).toMatchObject([{ outcome: 'cancelled', attempts: [] }])
  })

  it('while a retry is waited for ends the request: nobody is asked again', async () => {
    const rig = gatewayRig(catalog)
    const { got, over } = rig.send({ model: 'single', messages })
    latest(rig).answer(503, '{}')
    got.leave()
    await over
    rig.clock.advance(60_000)
    expect(rig.asked.length).toBe(1)
    expect(rig.records).toMatchObject([{ outcome: 'cancelled', status: 499 }])
  })
})

/** What a provider may do with an attempt; each leads it to an end. */
const acts = {
  answers: (one: Asked) => one.answer(200, wholeReply),
  streams: (one: Asked) => stream(one, [role, word('hi'), finish, usage, done]),
  'ends early': (one: Asked) => stream(one, [role, word('hi')]),
  'says nothing': (one: Asked) => stream(one, [role]),
  'reports an error': (one: Asked) => stream(one, [role, problem]),
  'reports an error late': (one: Asked) => stream(one, [role, word('hi'), problem]),
  'closes the connection': (one: Asked) => one.observer.failed(closed),
  'answers 500': (one: Asked) => one.answer(500, '{}'),
  'answers 503': (one: Asked) => one.answer(503, '{}'),
  'answers 429': (one: Asked) => one.answer(429, '{}', { 'retry-after': '1' }),
  'answers 400': (one: Asked) => one.answer(400, '{"error":{"message":"no such field"}}'),
  redirects: (one: Asked) => one.answer(302, '', { location: 'http://elsewhere.test' }),
  'is silent': () => {},
  'falls silent': (one: Asked) => {
    one.observer.head(200, sse)
    one.observer.data(Buffer.from(role + word('hi')))
  },
}

function stream({ observer }: Asked, pieces: readonly string[]): void {
  observer.head(200, sse)
  for (const piece of pieces) observer.data(Buffer.from(piece))
  observer.ended()
}

describe('any course of attempts', () => {
  const act = fc.constantFrom(...Object.entries(acts))

  it('ends with one answer and one record, within the plan, and nothing left running', async () => {
    const course = fc.array(act, { minLength: 6, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(course, fc.boolean(), async (steps, streaming) => {
        const rig = gatewayRig(catalog)
        const { got, over } = rig.send({ model: 'chain', stream: streaming, messages })
        let acted = 0
        for (let second = 0; second < 60 && rig.records.length === 0; second++) {
          const one = rig.asked[acted]
          const step = steps[acted]
          if (one !== undefined && step !== undefined) {
            acted += 1
            const [, answer] = step
            answer(one)
          } else {
            rig.clock.advance(1_000)
          }
        }
        await over
        rig.clock.advance(60_000)

        expect(rig.records.length).toBe(1)
        expect(rig.running.members()).toEqual([])
        expect(rig.internalErrors).toEqual([])
        const [record] = rig.records
        expect(record?.attempts.length).toBe(rig.asked.length)
        for (const target of ['one/m', 'two/m', 'three/m']) {
          const made = record?.attempts.filter((attempt) => attempt.target === target) ?? []
          expect(made.length).toBeLessThanOrEqual(2)
        }
        expect(got.status).toBe(record?.status)
        expect(got.ended !== got.broken).toBe(true)
        const answered = record?.attempts.findIndex(({ result }) => result === 'success') ?? -1
        expect(record?.outcome === 'success').toBe(answered >= 0)
        if (answered >= 0) expect(answered).toBe(rig.asked.length - 1)
        if (record?.outcome === 'failure') {
          expect(got.body).not.toContain('[DONE]')
          expect(got.body).not.toContain('"finish_reason":"stop"')
        }
      }),
      { numRuns: 500 },
    )
  })
})
