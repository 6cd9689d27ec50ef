import { describe, expect, it } from 'vitest'
import { createFleet, type LiveFleet } from '../../../../src/core/health/fleet.ts'
import { seededRandom } from '../../../../src/core/random.ts'
import { cancelled, failing, success, targetNamed, totalMs } from './fleets.ts'

const target = targetNamed('p/m')
const tokens = 100

interface Reply {
  readonly atMs: number
  readonly firstMs: number
  readonly perTokenMs?: number
  readonly inputTokens?: number
}

function serve(fleet: LiveFleet, { atMs, firstMs, perTokenMs = 10, inputTokens = 1_000 }: Reply) {
  const sent = fleet.sent(target, { inputTokens, outputTokens: tokens }, atMs)
  sent.firstOutput(atMs + firstMs)
  sent.ended(success(tokens), atMs + firstMs + perTokenMs * (tokens - 1))
}

/** Replies one after the other from `fromMs` on; when the last was sent. */
function series(
  fleet: LiveFleet,
  fromMs: number,
  count: number,
  everyMs: number,
  reply: () => Omit<Reply, 'atMs'>,
): number {
  let atMs = fromMs
  for (let i = 0; i < count; i++) {
    atMs += everyMs
    serve(fleet, { atMs, ...reply() })
  }
  return atMs
}

/** Around 300 ms, a third more or less. */
function warmedUp(count = 200): { fleet: LiveFleet; nowMs: number; random: () => number } {
  const fleet = createFleet()
  const random = seededRandom(1)
  for (let i = 0; i < count; i++) serve(fleet, { atMs: i * 200, firstMs: 200 + 200 * random() })
  return { fleet, nowMs: count * 200 + 1_500, random }
}

const firstTokenMs = (fleet: LiveFleet, nowMs: number, inputTokens = 1_000) =>
  fleet.vitals(target).firstTokenMs(inputTokens, nowMs) ?? Number.NaN

describe('what a request can expect', () => {
  it('is unknown without any measurement', () => {
    const vitals = createFleet().vitals(target)
    expect(vitals.firstTokenMs(1_000, 0)).toBeNull()
    expect(totalMs(vitals, 1_000, 100, 0)).toBeNull()
    expect(vitals.msPerOutputToken(0)).toBeNull()
    expect(vitals.latencySpread(0)).toBeNull()
    expect(vitals.successRate(0)).toBe(1)
  })

  it('is the mean, about, in steady times', () => {
    const { fleet, nowMs } = warmedUp()
    const vitals = fleet.vitals(target)
    expect(Math.abs(firstTokenMs(fleet, nowMs) - 300)).toBeLessThan(60)
    expect(Math.abs((vitals.msPerOutputToken(nowMs) ?? 0) - 10)).toBeLessThan(0.5)
    expect(Math.abs((totalMs(vitals, 1_000, 500, nowMs) ?? 0) - 5_300)).toBeLessThan(400)
    expect(vitals.outputTokens(nowMs)).toBe(100)
    expect(vitals.samples(nowMs)).toBeGreaterThan(150)
    expect(vitals.latencySpread(nowMs)).toBeLessThan(0.15)
  })

  it('depends on the size of the prompt, and is taken from the next size where none was seen', () => {
    const fleet = createFleet()
    for (let i = 0; i < 30; i++) {
      serve(fleet, { atMs: i * 1_000, firstMs: 200, inputTokens: 500 })
      serve(fleet, { atMs: i * 1_000 + 500, firstMs: 2_000, inputTokens: 50_000 })
    }
    expect(firstTokenMs(fleet, 30_000, 400)).toBeLessThan(300)
    expect(firstTokenMs(fleet, 30_000, 50_000)).toBeGreaterThan(1_500)
    expect(firstTokenMs(fleet, 30_000, 700)).toBeLessThan(300)
    expect(firstTokenMs(fleet, 30_000, 200_000)).toBeGreaterThan(1_500)
  })

  it('counts one outlier as one', () => {
    const { fleet, nowMs } = warmedUp()
    serve(fleet, { atMs: nowMs, firstMs: 30_000 })
    expect(firstTokenMs(fleet, nowMs + 30_001)).toBeLessThan(1_500)
  })

  it('does not believe the second of two whole replies more than both together', () => {
    const fleet = createFleet()
    const load = { inputTokens: 1_000, outputTokens: tokens, whole: true }
    for (const [atMs, tookMs] of [
      [0, 10],
      [1_000, 60],
    ] as const) {
      fleet.sent(target, load, atMs).ended(success(tokens), atMs + tookMs)
    }
    const expected = totalMs(fleet.vitals(target), 1_000, tokens, 2_000) ?? Number.NaN
    expect(expected).toBeGreaterThan(10)
    expect(expected).toBeLessThan(120)
  })

  it('knows whole replies by their length', () => {
    const fleet = createFleet()
    const random = seededRandom(3)
    for (let i = 0; i < 100; i++) {
      const length = 20 + Math.floor(400 * random())
      const load = { inputTokens: 1_000, outputTokens: 100, whole: true }
      const sent = fleet.sent(target, load, i * 10_000)
      const endMs = i * 10_000 + 400 + 12 * length
      sent.firstOutput(endMs)
      sent.ended(success(length), endMs)
    }
    const vitals = fleet.vitals(target)
    expect(Math.abs((totalMs(vitals, 1_000, 200, 1_000_000) ?? 0) - 2_800)).toBeLessThan(150)
    expect(Math.abs((vitals.msPerOutputToken(1_000_000) ?? 0) - 12)).toBeLessThan(1)
  })
})

describe('a change', () => {
  it.each([3, 5, 20])('to %i times slower shows within 20 requests, in every size', (times) => {
    const { fleet, nowMs, random } = warmedUp()
    const beforeMs = firstTokenMs(fleet, nowMs)
    const beforeLargeMs = firstTokenMs(fleet, nowMs, 3_000)
    let at = nowMs
    let noticed = 0
    while (firstTokenMs(fleet, at) < 2 * beforeMs && noticed < 100) {
      serve(fleet, { atMs: at, firstMs: times * (200 + 200 * random()) })
      at += times * 400
      noticed++
    }
    expect(noticed).toBeLessThanOrEqual(20)
    expect(firstTokenMs(fleet, at, 3_000)).toBeGreaterThan(1.8 * beforeLargeMs)
  })

  it('back to normal shows within 20 requests', () => {
    const { fleet, nowMs, random } = warmedUp()
    const beforeMs = firstTokenMs(fleet, nowMs)
    let at = nowMs
    at = series(fleet, at, 20, 500, () => ({ firstMs: 3_000 }))
    expect(firstTokenMs(fleet, at)).toBeGreaterThan(4 * beforeMs)
    at += 5_000
    at = series(fleet, at, 20, 400, () => ({ firstMs: 200 + 200 * random() }))
    expect(firstTokenMs(fleet, at)).toBeLessThan(2 * beforeMs)
  })

  it('of the token rate shows in the total', () => {
    const { fleet, nowMs } = warmedUp()
    let at = nowMs
    at = series(fleet, at, 20, 500, () => ({ firstMs: 300, perTokenMs: 50 }))
    expect(fleet.vitals(target).msPerOutputToken(at)).toBeGreaterThan(35)
  })

  it('is forgiven when nobody asks, more slowly each time it turns out to last', () => {
    const { fleet, nowMs } = warmedUp()
    const usualMs = firstTokenMs(fleet, nowMs)
    let at = nowMs
    at = series(fleet, at, 15, 300, () => ({ firstMs: 6_000 }))
    at += 6_000
    const waits: number[] = []
    for (let round = 0; round < 3; round++) {
      const since = at
      while (firstTokenMs(fleet, at) > 2 * usualMs && at - since < 600_000) at += 1_000
      waits.push(at - since)
      serve(fleet, { atMs: at, firstMs: 6_000 })
      at += 6_000
    }
    const [first = 0, second = 0, third = 0] = waits
    expect(first).toBeGreaterThan(5_000)
    expect(first).toBeLessThan(60_000)
    expect(second).toBeGreaterThan(first * 0.8)
    expect(third).toBeGreaterThan(second)
  })

  it('is looked into by one request, which the others do not follow', () => {
    const { fleet, nowMs } = warmedUp()
    const usualMs = firstTokenMs(fleet, nowMs)
    const at = series(fleet, nowMs, 15, 300, () => ({ firstMs: 6_000 })) + 90_000
    expect(firstTokenMs(fleet, at)).toBeLessThan(1.5 * usualMs)
    fleet.sent(target, { inputTokens: 1_000, outputTokens: 100 }, at)
    expect(firstTokenMs(fleet, at + 1)).toBeGreaterThan(4 * usualMs)
  })

  it('no target is given up for good: what is believed of an unused one improves slowly', () => {
    const { fleet, nowMs } = warmedUp()
    const usualMs = firstTokenMs(fleet, nowMs)
    expect(firstTokenMs(fleet, nowMs + 60_000)).toBeGreaterThan(0.8 * usualMs)
    expect(firstTokenMs(fleet, nowMs + 3_600_000)).toBeLessThan(0.1 * usualMs)
  })
})

describe('a hung provider', () => {
  it('shows before it answers, in every size of prompt', () => {
    const { fleet, nowMs } = warmedUp()
    fleet.sent(target, { inputTokens: 1_000, outputTokens: tokens }, nowMs)
    expect(firstTokenMs(fleet, nowMs + 250)).toBeLessThan(400)
    expect(firstTokenMs(fleet, nowMs + 2_000)).toBeGreaterThanOrEqual(1_900)
    expect(firstTokenMs(fleet, nowMs + 2_000, 8_000)).toBeGreaterThanOrEqual(1_900)
    expect(totalMs(fleet.vitals(target), 1_000, 10, nowMs + 10_000)).toBeGreaterThan(9_900)
  })

  it('is one slow request when later ones are answered', () => {
    const { fleet, nowMs } = warmedUp()
    fleet.sent(target, { inputTokens: 1_000, outputTokens: tokens }, nowMs)
    for (let i = 1; i < 20; i++) serve(fleet, { atMs: nowMs + i * 500, firstMs: 300 })
    expect(firstTokenMs(fleet, nowMs + 11_000)).toBeLessThan(1_500)
  })

  it('is expected to last: the longer it was, the longer', () => {
    const { fleet, nowMs } = warmedUp()
    const usualMs = firstTokenMs(fleet, nowMs)
    fleet.sent(target, { inputTokens: 1_000, outputTokens: tokens }, nowMs)
    const later = nowMs + 4 * usualMs
    expect(firstTokenMs(fleet, later)).toBeGreaterThan(5.5 * usualMs)
    expect(firstTokenMs(fleet, later)).toBeLessThan(8.5 * usualMs)
  })

  it('lets the tokens behind it be feared, until a reply asked since shows them as ever', () => {
    const { fleet, nowMs } = warmedUp()
    const perToken = (atMs: number) => fleet.vitals(target).msPerOutputToken(atMs) ?? Number.NaN
    const usual = perToken(nowMs)
    const sent = fleet.sent(target, { inputTokens: 1_000, outputTokens: tokens }, nowMs)
    expect(perToken(nowMs + 300)).toBeCloseTo(usual, 1)
    expect(perToken(nowMs + 3_000)).toBeGreaterThan(2 * usual)
    sent.firstOutput(nowMs + 3_000)
    expect(perToken(nowMs + 3_000)).toBeGreaterThan(1.5 * usual)
    sent.ended(success(tokens), nowMs + 3_000 + 10 * (tokens - 1))
    expect(perToken(nowMs + 4_100)).toBeLessThan(1.1 * usual)
  })

  it('shows though it was never measured', () => {
    const fleet = createFleet()
    fleet.sent(target, { inputTokens: 1_000, outputTokens: tokens }, 0)
    expect(fleet.vitals(target).firstTokenMs(1_000, 1_000)).toBeNull()
    expect(fleet.vitals(target).firstTokenMs(1_000, 5_000)).toBe(5_000)
  })

  it.each([
    ['cancelled', cancelled],
    ['timed out', failing('timeout')],
  ])('is remembered by requests that were %s', (_, end) => {
    const { fleet, nowMs } = warmedUp()
    const usualMs = firstTokenMs(fleet, nowMs)
    for (let i = 0; i < 3; i++) {
      const sent = fleet.sent(target, { inputTokens: 1_000, outputTokens: 100 }, nowMs + i * 100)
      sent.ended(end, nowMs + i * 100 + 5_000)
    }
    expect(firstTokenMs(fleet, nowMs + 5_300)).toBeGreaterThan(3 * usualMs)
    expect(fleet.vitals(target).inFlight).toBe(0)
  })

  it('is not suspected of requests cancelled before their time', () => {
    const { fleet, nowMs } = warmedUp()
    const usualMs = firstTokenMs(fleet, nowMs)
    fleet
      .sent(target, { inputTokens: 1_000, outputTokens: 100 }, nowMs)
      .ended(cancelled, nowMs + 50)
    expect(firstTokenMs(fleet, nowMs + 60)).toBeLessThanOrEqual(usualMs)
  })
})

describe('load', () => {
  it('that slows a target down is learned', () => {
    const fleet = createFleet()
    let at = 0
    for (let round = 0; round < 60; round++) {
      const burst = 1 + (round % 6)
      const sent = Array.from({ length: burst }, () =>
        fleet.sent(target, { inputTokens: 1_000, outputTokens: 100 }, at),
      )
      // One slot: each waits for those before it.
      for (const [place, flight] of sent.entries()) flight.firstOutput(at + 500 * (place + 1))
      for (const [place, flight] of sent.entries()) flight.ended(success(), at + 4_000 + place)
      at += 10_000
    }
    const idleMs = firstTokenMs(fleet, at)
    for (let i = 0; i < 4; i++) fleet.sent(target, { inputTokens: 1_000, outputTokens: 100 }, at)
    expect(idleMs).toBeLessThan(900)
    expect(firstTokenMs(fleet, at)).toBeGreaterThan(2.5 * idleMs)
  })

  it('that does not is hardly counted', () => {
    const { fleet, nowMs } = warmedUp()
    const idleMs = firstTokenMs(fleet, nowMs)
    for (let i = 0; i < 10; i++)
      fleet.sent(target, { inputTokens: 1_000, outputTokens: 100 }, nowMs)
    expect(fleet.vitals(target).outstandingTokens).toBe(11_000)
    expect(firstTokenMs(fleet, nowMs)).toBeLessThan(1.25 * idleMs)
  })
})
