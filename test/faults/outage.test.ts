import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startRig, wholeText } from './rig.ts'
import { speakers } from './speakers.ts'

const { openai } = speakers

describe('row 15: the first provider is out for a while', () => {
  it('every request is served, and the first is asked again when it is back', async () => {
    const outageMs = 1_500
    const rig = await startRig({ first: `status=503;outage=0..${outageMs}` })
    const startMs = performance.now()
    let during = 0
    while (performance.now() - startMs < outageMs + 500) {
      const reply = await rig.ask(openai, { streaming: during % 2 === 0 })
      expect(reply.status).toBe(200)
      expect(reply.complete).toBe(true)
      during += 1
      await after(75)
    }
    // Begun when the outage is over for certain, however long the last of those took.
    expect((await rig.ask(openai)).status).toBe(200)
    during += 1
    const records = await rig.check()
    expect(records.every(({ outcome }) => outcome === 'success')).toBe(true)
    const fallbacks = records.filter(({ target }) => target === 'second/mock').length
    expect(fallbacks).toBeGreaterThan(0)
    // Two attempts are allowed at a target: an outage costs no more than that.
    expect(rig.asked().filter((name) => name === 'first').length).toBeLessThanOrEqual(during * 2)
    expect(records.at(-1)?.attempts.length).toBe(1)
    expect(records.at(-1)?.target).toMatch(/^first\//)
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
