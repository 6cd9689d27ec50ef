import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Rig, startRig } from './rig.ts'
import { speakers } from './speakers.ts'

const { openai } = speakers

/** When the first provider was asked, in milliseconds since the mock started. */
function askedAtMs(rig: Rig): number[] {
  return rig.mock.log.requests().map(({ atMs }) => atMs)
}

describe('the only target asks for a pause', () => {
  const paused = { first: 'status=429;retry-after=2;times=1', second: null }

  it('a request that comes meanwhile waits for its end', async () => {
    const rig = await startRig(paused)
    const replies = await Promise.all(Array.from({ length: 8 }, () => rig.ask(openai)))
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    // Those already on their way were answered; whoever was refused, or came later, waited.
    const [begun = 0] = askedAtMs(rig)
    const early = askedAtMs(rig).filter((ms) => ms - begun < 1_800).length
    expect(early).toBeLessThanOrEqual(8)
    expect(rig.asked().length).toBe(9)
    await rig.check()
  })

  it('nobody is asked before that', async () => {
    const rig = await startRig(paused)
    const first = rig.ask(openai)
    await rig.mock.log.waitFor((entry) => entry.kind === 'ended')
    await pause(200)
    const later = await Promise.all([rig.ask(openai), rig.ask(openai, { streaming: true }), first])
    expect(later.map(({ status }) => status)).toEqual([200, 200, 200])
    const [begun = 0, ...rest] = askedAtMs(rig)
    for (const ms of rest) expect(ms - begun).toBeGreaterThan(1_800)
    expect(rest.length).toBe(3)
    await rig.check()
  })

  it.each([
    ['its client allows', { 'x-waybill-timeout-ms': '600' }, 'status=429;retry-after=2'],
    ['we have patience for', {}, 'status=429;retry-after=40'],
  ])('longer than %s: it is told when to come back', async (_, headers, first) => {
    const rig = await startRig({ first, second: null })
    for (let turn = 0; turn < 3; turn++) {
      const reply = await rig.ask(openai, { headers })
      expect([429, 503]).toContain(reply.status)
      expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(40)
      expect(reply.totalMs).toBeLessThan(1_500)
    }
    // The first one found out; each of the others asks once at most.
    expect(rig.asked().length).toBeLessThanOrEqual(3)
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
