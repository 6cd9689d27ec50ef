import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HedgeSettings } from '../../../../src/core/catalog.ts'
import { hedgeDelay } from '../../../../src/core/execute/hedge-delay.ts'
import { Hedging } from '../../../../src/core/execute/hedging.ts'
import type { Distribution } from '../../../../src/core/health/vitals.ts'
import { seededRandom } from '../../../../src/core/random.ts'
import { empirical, vitals } from './situations.ts'

type Draw = () => number

function normal(random: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

const lognormal =
  (random: Draw, medianMs: number, sigma: number): Draw =>
  () =>
    medianMs * Math.exp(sigma * normal(random))
const pareto =
  (random: Draw, leastMs: number, alpha: number): Draw =>
  () =>
    leastMs / (1 - random()) ** (1 / alpha)
const oneOf =
  (random: Draw, values: readonly number[]): Draw =>
  () =>
    values[Math.floor(random() * values.length)] ?? 0

function sample(draw: Draw, count: number): Distribution {
  return empirical(Array.from({ length: count }, draw))
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(q * values.length)] ?? 0
}

/** Requests one after the other, hedged as the live gateway would: delay looked up, budget enforced. */
function race(
  known: readonly [Distribution, Distribution],
  first: Draw,
  second: Draw,
  settings: HedgeSettings,
) {
  const count = 20_000
  const hedging = new Hedging()
  const [one, other] = known.map((times, index) =>
    vitals(`p${index}/m`, { state: 'ready' }, 'closed', times),
  )
  if (one === undefined || other === undefined)
    throw new Error('two distributions make two targets')
  const [alone, hedged]: [number[], number[]] = [[], []]
  let extra = 0
  for (let index = 0; index < count; index++) {
    const delayMs = hedging.delayMs(one, other, settings, index * 50)
    const firstMs = first()
    alone.push(firstMs)
    hedging.arrived('alias', settings)
    if (delayMs !== null && firstMs > delayMs && hedging.allows('alias')) {
      hedging.withdraw('alias')
      extra += 1
      hedged.push(Math.min(firstMs, delayMs + second()))
    } else hedged.push(firstMs)
  }
  return { extra: extra / count, cut: 1 - quantile(hedged, 0.99) / quantile(alone, 0.99) }
}

describe('the automatic delay', () => {
  it.each([0.1, 0.3, 0.5])('stays off on a light tail: lognormal, sigma %f', (sigma) => {
    const draw = lognormal(seededRandom(7), 500, sigma)
    const known = sample(draw, 2_000)
    expect(hedgeDelay(known, known, 0.05)).toBeNull()
    expect(race([known, known], draw, draw, { afterMs: null, share: 0.05 }).extra).toBe(0)
  })

  it('cuts a Pareto tail within its budget', () => {
    const draw = pareto(seededRandom(11), 300, 1)
    const known = sample(draw, 5_000)
    const { extra, cut } = race([known, known], draw, draw, { afterMs: null, share: 0.1 })
    expect(extra).toBeLessThanOrEqual(0.102)
    expect(cut).toBeGreaterThan(0.7)
  })

  it('cuts a lognormal tail with sigma 1.5 within its budget', () => {
    const draw = lognormal(seededRandom(13), 300, 1.5)
    const known = sample(draw, 5_000)
    const { extra, cut } = race([known, known], draw, draw, { afterMs: null, share: 0.05 })
    expect(extra).toBeLessThanOrEqual(0.051)
    expect(cut).toBeGreaterThan(0.3)
  })

  it('is as short as the share allows', () => {
    const random = seededRandom(17)
    // One in 50 hangs; the others answer at once.
    const draw = () => (random() < 0.02 ? 30_000 : 200 + 100 * random())
    const known = sample(draw, 5_000)
    const found = hedgeDelay(known, known, 0.2)
    expect(found?.p99Ms).toBeLessThan(700)
    expect(known.exceeding(found?.afterMs ?? 0)).toBeLessThanOrEqual(0.2)
  })

  it('weighs the second target by its own times', () => {
    const slow = sample(pareto(seededRandom(19), 300, 1), 5_000)
    const hopeless = empirical(Array.from({ length: 100 }, () => 60_000))
    expect(hedgeDelay(slow, slow, 0.1)).not.toBeNull()
    expect(hedgeDelay(slow, hopeless, 0.1)).toBeNull()
  })

  it('needs samples', () => {
    const few = sample(pareto(seededRandom(23), 300, 1), 40)
    expect(hedgeDelay(few, few, 0.1)).toBeNull()
  })
})

describe('the hedge budget', () => {
  it('holds when every request turns slow', () => {
    const known = sample(pareto(seededRandom(29), 300, 1), 5_000)
    const { extra } = race(
      [known, known],
      () => 60_000,
      () => 60_000,
      { afterMs: null, share: 0.05 },
    )
    expect(extra).toBeLessThanOrEqual(0.0511)
  })

  it('holds for a fixed delay too, alias by alias', () => {
    const hedging = new Hedging()
    const settings = { afterMs: 500, share: 0.05 }
    const target = vitals('a/m')
    expect(hedging.delayMs(target, target, settings, 0)).toBe(500)
    hedging.arrived('one', settings)
    expect(hedging.allows('one')).toBe(true)
    hedging.withdraw('one')
    expect(hedging.allows('one')).toBe(false)
    expect(hedging.allows('other')).toBe(false)
  })

  it('finds a delay out once in a while, not for each request', () => {
    let asked = 0
    const known = sample(pareto(seededRandom(31), 300, 1), 1_000)
    const target = {
      ...vitals('a/m'),
      firstTokens: () => {
        asked += 1
        return known
      },
    }
    const hedging = new Hedging()
    for (let index = 0; index < 1_000; index++) {
      hedging.delayMs(target, target, { afterMs: null, share: 0.1 }, index)
    }
    expect(asked).toBe(1)
    hedging.delayMs(target, target, { afterMs: null, share: 0.1 }, 6_000)
    expect(asked).toBe(2)
  })
})

const folder = path.resolve(import.meta.dirname, '../../../../../shared/data/llmperf')

function measured(name: string): number[] {
  const parsed: unknown = JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
  if (!Array.isArray(parsed)) return []
  return parsed
    .filter((one) => one.error_code === null && typeof one.ttft_s === 'number' && one.ttft_s > 0)
    .map((one) => one.ttft_s * 1_000)
}

describe.skipIf(!existsSync(folder))('on measured first-token times', () => {
  const slow = measured('replicate_70b.json')
  const settings = { afterMs: null, share: 0.16 }

  it.each(['together', 'fireworks', 'lepton'])(
    'cuts the p99 of the heavy tail by nine tenths at 16 %% extra calls to %s',
    (name) => {
      const random = seededRandom(37)
      const quick = measured(`${name}_70b.json`)
      // Most requests to one of them failed, which leaves few times to go by.
      const known = quick.length < 50 ? [...quick, ...quick, ...quick] : quick
      const [first, second] = [oneOf(random, slow), oneOf(random, known)]
      const { extra, cut } = race([empirical(slow), empirical(known)], first, second, settings)
      expect(extra).toBeLessThanOrEqual(0.16)
      expect(cut).toBeGreaterThanOrEqual(0.9)
    },
  )

  it('cuts it by less where the target stands alone: a second draw may be slow too', () => {
    const draw = oneOf(seededRandom(39), slow)
    const { extra, cut } = race([empirical(slow), empirical(slow)], draw, draw, settings)
    expect(extra).toBeLessThanOrEqual(0.16)
    expect(cut).toBeGreaterThanOrEqual(0.65)
  })

  it.each(['together', 'groq', 'fireworks', 'anyscale', 'perplexity', 'bedrock'])(
    'leaves the light tail of %s alone',
    (name) => {
      const values = measured(`${name}_70b.json`)
      const draw = oneOf(seededRandom(41), values)
      const { extra } = race([empirical(values), empirical(values)], draw, draw, {
        afterMs: null,
        share: 0.15,
      })
      expect(extra).toBeLessThanOrEqual(0.005)
    },
  )
})

describe('a second target nobody has measured', () => {
  it('is taken for no better than the first, so that hedging can begin', () => {
    const slow = sample(pareto(seededRandom(47), 300, 1), 5_000)
    const first = vitals('p0/m', { state: 'ready' }, 'closed', slow)
    const few = empirical(Array.from({ length: 20 }, () => 200))
    const settings: HedgeSettings = { afterMs: null, share: 0.1 }
    for (const times of [null, few]) {
      const second = vitals('p1/m', { state: 'ready' }, 'closed', times)
      expect(new Hedging().delayMs(first, second, settings, 0)).not.toBeNull()
    }
  })
})
