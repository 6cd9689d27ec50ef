import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogOf } from '../unit/config/configure.ts'
import { wholeReply } from '../unit/gateway/attempts.ts'
import { gatewayRig } from '../unit/gateway/rig.ts'
import { startRig, wholeText } from './rig.ts'
import { speakers } from './speakers.ts'

const { openai } = speakers

describe('row 15: the first provider is out for a minute', () => {
  const catalog = catalogOf(`
providers:
  first: { dialect: openai, baseUrl: http://first.test }
  second: { dialect: openai, baseUrl: http://second.test }
models:
  chain: { targets: [first/m, second/m], retry: { attempts: 2, backoff: 100ms } }
`)
  const messages = [{ role: 'user', content: 'hi' }]

  /** Asks at each of the times, in milliseconds; the first provider is out until `backMs`. */
  async function course(timesMs: readonly number[], backMs: number) {
    const firstAskedMs: number[] = []
    const rig = gatewayRig(catalog, {
      onAsked(asked) {
        const nowMs = rig.clock.monotonicMs()
        const isFirst = asked.call.origin === 'http://first.test'
        const out = isFirst && nowMs < backMs
        if (isFirst) firstAskedMs.push(nowMs)
        // A moment later: nobody answers while being asked.
        rig.clock.after(1, () => asked.answer(out ? 503 : 200, out ? '{}' : wholeReply))
      },
    })
    for (const atMs of timesMs) {
      rig.clock.advance(Math.max(0, atMs - rig.clock.monotonicMs()))
      const { got, over } = rig.send({ model: 'chain', messages })
      rig.clock.advance(500)
      await over
      expect(got.status).toBe(200)
    }
    return {
      rig,
      inOutage: firstAskedMs.filter((ms) => ms < backMs).length,
      usedAgainMs: firstAskedMs.find((ms) => ms >= backMs) ?? Number.POSITIVE_INFINITY,
    }
  }

  const outageMs = 60_000
  const afterwards = Array.from({ length: 15 }, (_, index) => outageMs + index * 1_000)

  it.each([2_999, 3_000, 3_150, 4_000])(
    'requests every %i ms: all served, six times at most by way of the first, which is back in 10 s',
    async (everyMs) => {
      const during = Array.from({ length: Math.ceil(outageMs / everyMs) }, (_, at) => at * everyMs)
      const { rig, inOutage, usedAgainMs } = await course([...during, ...afterwards], outageMs)
      expect(inOutage).toBeLessThanOrEqual(6)
      expect(usedAgainMs).toBeLessThanOrEqual(outageMs + 10_000)
      expect(rig.records.at(-1)).toMatchObject({ target: 'first/m', panic: false })
    },
  )

  it('twenty requests whenever they come', async () => {
    const times = fc.array(fc.nat(outageMs - 1), { minLength: 20, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(times, async (unsorted) => {
        const during = unsorted.toSorted((one, other) => one - other)
        const { inOutage, usedAgainMs } = await course([...during, ...afterwards], outageMs)
        expect(inOutage).toBeLessThanOrEqual(6)
        // At the latest a probe after the last one, plus the second until a request makes it.
        expect(usedAgainMs).toBeLessThanOrEqual(outageMs + 12_200 + 1_000)
      }),
      { numRuns: 200 },
    )
  })

  it('over sockets, twenty times as fast', async () => {
    const outageMs = 3_000
    const rig = await startRig({
      first: `status=503;outage=0..${outageMs}`,
      settings: { health: { window: '1s', openForWhenQuiet: '610ms', ramp: '250ms' } },
    })
    const startMs = performance.now()
    let during = 0
    while (performance.now() - startMs < outageMs - 100) {
      const reply = await rig.ask(openai, { streaming: during % 2 === 0 })
      expect(reply.status).toBe(200)
      expect(reply.complete).toBe(true)
      during += 1
      await pause(150)
    }
    expect(rig.asked().filter((name) => name === 'first').length).toBeLessThanOrEqual(6)
    let back = ''
    while (back !== 'first' && performance.now() - startMs < outageMs + 3_000) {
      const reply = await rig.ask(openai)
      expect(reply.status).toBe(200)
      back = reply.headers['x-waybill-target']?.split('/')[0] ?? ''
      await pause(50)
    }
    expect(back).toBe('first')
    expect(performance.now() - startMs).toBeLessThan(outageMs + 2_000)
    const records = await rig.check()
    expect(records.every(({ outcome }) => outcome === 'success')).toBe(true)
    expect(during).toBeGreaterThan(10)
  })
})

describe('row 16: what a failover costs', () => {
  const prices = { first: { input: 1_000, output: 1_000 }, second: { input: 1, output: 4 } }

  it.each(['status=500', 'fault=rst', 'fault=cut-fin@0', 'error=context-length'])(
    '%s: model, usage and cost are those of the target that answered',
    async (first) => {
      const rig = await startRig({ first, prices })
      const reply = await rig.ask(openai, { streaming: true })
      expect(openai.hearStream(reply.text)).toMatchObject({ text: wholeText, outputTokens: 60 })
      expect(reply.headers['x-waybill-target']).toBe('second/mock')
      expect(reply.text).not.toContain('"model":"mock;')
      const [record] = await rig.check()
      expect(Number(reply.headers['x-waybill-attempts'])).toBe(record?.attempts.length)
      const answered = record?.attempts.at(-1)
      expect(record).toMatchObject({
        target: 'second/mock',
        usage: { outputTokens: 60 },
        usageEstimated: false,
      })
      const input = record?.usage.inputTokens ?? 0
      expect(answered?.costNanoUsd).toBe(input * 1_000 + 60 * 4_000)
      const costs = record?.attempts.map(({ costNanoUsd }) => costNanoUsd ?? 0) ?? []
      expect(record?.costNanoUsd).toBe(costs.reduce((sum, cost) => sum + cost, 0))
      expect(record?.attempts[0]?.costNanoUsd).toBe(0)
    },
  )

  it('an attempt that was cut after output is paid for too', async () => {
    const rig = await startRig({ first: 'fault=cut-fin@20', prices })
    await rig.ask(openai, { streaming: true })
    const [record] = await rig.check()
    expect(record?.usageEstimated).toBe(true)
    expect(record?.costNanoUsd).toBe(
      1_000_000 * ((record?.usage.inputTokens ?? 0) + (record?.usage.outputTokens ?? 0)),
    )
    expect(record?.usage.outputTokens).toBeGreaterThanOrEqual(18)
    expect(record?.usage.outputTokens).toBeLessThanOrEqual(22)
  })
})

describe('row 30: all targets are down', () => {
  it.each(Object.entries(speakers))('%s: a clear error, within the plan', async (_, speaker) => {
    const rig = await startRig({ first: 'status=503', second: 'status=503' })
    const reply = await rig.ask(speaker)
    // Anthropic's own status for it, passed through.
    expect([503, 529]).toContain(reply.status)
    expect(reply.complete).toBe(true)
    expect(reply.totalMs).toBeLessThan(6_000)
    expect(speaker.hearWhole(JSON.parse(reply.text)).error).not.toBeNull()
    expect(reply.headers['x-should-retry']).toBe('false')
    expect(reply.headers['x-waybill-attempts']).toBe('4')
    expect(rig.asked()).toEqual(['first', 'first', 'second', 'second'])
    const [record] = await rig.check()
    expect(record).toMatchObject({ outcome: 'failure', failureClass: 'overloaded' })
    expect(record?.status).toBe(reply.status)
  })

  it.each(Object.entries(speakers))(
    '%s: once it is known, each request is one attempt, and says when to come back',
    async (_, speaker) => {
      const rig = await startRig({ first: 'status=503', second: 'status=503' })
      await rig.ask(speaker)
      const before = rig.asked().length
      const requests = 6
      for (let turn = 0; turn < requests; turn++) {
        const reply = await rig.ask(speaker, { streaming: turn % 2 === 0 })
        expect(reply.status).toBe(503)
        expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1)
        expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(13)
        expect(reply.headers['x-should-retry']).toBe('false')
        expect(reply.totalMs).toBeLessThan(2_000)
        expect(speaker.hearWhole(JSON.parse(reply.text)).error).toBe('no_target_available')
      }
      expect(rig.asked().length - before).toBeLessThanOrEqual(requests * 1.2)
      const [, ...records] = await rig.check()
      for (const { panic, reason, failureClass } of records) {
        expect({ panic, failureClass }).toEqual({
          panic: true,
          failureClass: 'no_target_available',
        })
        expect(reason).toMatch(/no target looks usable/)
      }
    },
  )

  it.each([true, false])('nobody can be connected (streaming: %s)', async (streaming) => {
    const rig = await startRig({ first: 'fault=rst', second: 'fault=fin' })
    const reply = await rig.ask(openai, { streaming })
    expect(reply.status).toBe(502)
    expect(openai.hearWhole(JSON.parse(reply.text)).error).toBe('unreachable')
    expect(reply.headers['content-type']).toMatch(/^application\/json/)
    expect(rig.asked().length).toBeLessThanOrEqual(4)
    await rig.check()
  })

  it('the client is told when it may come back', async () => {
    const rig = await startRig({ first: 'status=429;retry-after=30', second: null })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(429)
    expect(reply.headers['retry-after']).toBe('30')
    expect(reply.totalMs).toBeLessThan(3_000)
    await rig.check()
  })

  it('no fallback where the client wants none', async () => {
    const rig = await startRig({ first: 'status=503' })
    const reply = await rig.ask(openai, { headers: { 'x-waybill-no-fallback': 'true' } })
    expect(reply.status).toBe(503)
    expect(rig.asked()).toEqual(['first', 'first'])
    await rig.check()
  })
})
