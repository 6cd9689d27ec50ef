import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually, type Rig, startRig } from './rig.ts'
import { speakers } from './speakers.ts'

const { openai } = speakers

/** When the first provider was asked, in milliseconds since the mock started. */
function askedAtMs(rig: Rig): number[] {
  return rig.mock.log.requests().map(({ atMs }) => atMs)
}

describe('all targets ask for a pause', () => {
  const paused = {
    first: 'status=429;retry-after=2;times=1;key=one',
    second: 'status=429;retry-after=2;times=1;key=two',
  }

  it('whoever was refused, or comes meanwhile, waits for its end', async () => {
    const rig = await startRig(paused)
    const early = rig.ask(openai)
    await eventually(() => rig.asked().length === 2, 3_000)
    await pause(200)
    const replies = await Promise.all([
      early,
      ...[true, false, true, false].map((streaming) => rig.ask(openai, { streaming })),
    ])
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const [begun = 0, , ...rest] = askedAtMs(rig)
    for (const ms of rest) expect(ms - begun).toBeGreaterThan(1_800)
    expect(rest.length).toBe(5)
    await rig.check()
  })

  it.each([
    ['its client allows', { 'x-waybill-timeout-ms': '600' }, 2],
    ['we have patience for', {}, 40],
  ])('longer than %s: it is told when to come back', async (_, headers, seconds) => {
    const trouble = `status=429;retry-after=${seconds}`
    const rig = await startRig({ first: trouble, second: trouble })
    const requests = 4
    for (let turn = 0; turn < requests; turn++) {
      const reply = await rig.ask(openai, { headers })
      expect([429, 503]).toContain(reply.status)
      expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(seconds)
      expect(reply.totalMs).toBeLessThan(1_500)
    }
    // The first request found out; each of the others asks once at most.
    expect(rig.asked().length).toBeLessThanOrEqual(2 + requests - 1)
    await rig.check()
  })
})

describe('the only target asks for a pause', () => {
  it('the request that was refused waits for its end', async () => {
    const rig = await startRig({ first: 'status=429;retry-after=2;times=1', second: null })
    const reply = await rig.ask(openai, { streaming: true })
    expect(openai.hearStream(reply.text).ended).toBe(true)
    const [one = 0, two = 0] = askedAtMs(rig)
    expect(two - one).toBeGreaterThan(1_800)
    await rig.check()
  })

  it('a request that comes meanwhile hears from it what it has to say', async () => {
    const rig = await startRig({ first: 'status=429;retry-after=40', second: null })
    for (let turn = 0; turn < 3; turn++) {
      const reply = await rig.ask(openai)
      expect(reply.status).toBe(429)
      expect(reply.headers['retry-after']).toBe('40')
      expect(reply.totalMs).toBeLessThan(1_500)
    }
    expect(rig.asked().length).toBe(3)
    await rig.check()
  })
})

describe('a retry budget that is used up', () => {
  it.each([
    ['status=503', 'status=503'],
    ['fault=rst', 'fault=fin'],
    ['status=429', 'status=500'],
  ])('%s and %s: no storm', async (first, second) => {
    const rig = await startRig({
      first,
      second,
      retry: { attempts: 5, backoff: '1ms' },
      settings: { retryBudget: { share: '10%', floor: 2 } },
    })
    const requests = 40
    for (let round = 0; round < 4; round++) {
      await Promise.all(Array.from({ length: requests / 4 }, () => rig.ask(openai)))
    }
    const asked = rig.asked().length
    const records = await rig.check()
    expect(asked).toBeLessThanOrEqual(requests * 1.1 + 3)
    for (const { outcome, attempts } of records) {
      expect(outcome).toBe('failure')
      expect(attempts.length).toBeGreaterThanOrEqual(1)
    }
  })

  it('leaves the first attempt of a request alone', async () => {
    const rig = await startRig({
      first: 'fault=rst',
      settings: { retryBudget: { share: '1%', floor: 0 } },
    })
    const statuses: number[] = []
    for (let turn = 0; turn < 12; turn++) statuses.push((await rig.ask(openai)).status)
    // Until the breaker opens there is nothing to fail over with; from then on the second is first.
    expect(statuses.slice(2)).toEqual(Array.from({ length: 10 }, () => 200))
    await rig.check()
  })
})
