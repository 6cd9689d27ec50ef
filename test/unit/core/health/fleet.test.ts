import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFleet, type LiveFleet } from '../../../../src/core/health/fleet.ts'
import { defaultHealth } from '../../../../src/core/health/settings.ts'
import { cancelled, failing, load, success, targetNamed, totalMs } from './fleets.ts'

const target = targetNamed('p/m')

function experienced(): { fleet: LiveFleet; nowMs: number } {
  const fleet = createFleet()
  for (let i = 0; i < 60; i++) {
    const sent = fleet.sent(target, load, i * 1_000)
    sent.firstOutput(i * 1_000 + 300)
    sent.ended(success(), i * 1_000 + 1_300)
  }
  return { fleet, nowMs: 62_000 }
}

describe('a fleet', () => {
  it('counts what is under way', () => {
    const fleet = createFleet()
    const one = fleet.sent(target, load, 0)
    const other = fleet.sent(target, load, 1)
    const vitals = fleet.vitals(target)
    expect([vitals.inFlight, vitals.outstandingTokens]).toEqual([2, 2_200])
    one.ended(success(), 10)
    one.ended(success(), 11)
    expect([vitals.inFlight, vitals.outstandingTokens]).toEqual([1, 1_100])
    other.firstOutput(12)
    other.ended(cancelled, 13)
    other.ended(failing('server_error'), 14)
    expect([vitals.inFlight, vitals.outstandingTokens]).toEqual([0, 0])
    expect(vitals.successRate(14)).toBe(1)
  })

  it('keeps nothing of targets that are only looked at', () => {
    const fleet = createFleet()
    for (let i = 0; i < 100; i++) fleet.vitals(targetNamed(`p/${i}`)).availability(0)
    expect(fleet.snapshot(0)).toEqual({ version: 1, targets: {} })
    expect(fleet.observations()).toBe(0)
  })

  it('never forgets a configured target for names that clients make up', () => {
    const fleet = createFleet()
    fleet.configure(defaultHealth, ['p/ours'])
    const ours = targetNamed('p/ours')
    fleet.sent(ours, load, 0).ended(failing('provider_rate_limited', 60_000), 0)
    for (let index = 0; index < 5_000; index++) {
      fleet.sent(targetNamed(`p/made-up-${index}`), load, index).ended(success(), index)
    }
    expect(fleet.vitals(ours).availability(5_000)).toMatchObject({ state: 'unavailable' })
  })

  it('is bounded, and forgets those first that were not used longest', () => {
    const fleet = createFleet()
    const underway = fleet.sent(targetNamed('p/under-way'), load, 0)
    for (let i = 0; i < 5_000; i++) {
      fleet.sent(targetNamed(`p/${i}`), load, i + 1).ended(success(), i + 1)
    }
    const kept = Object.keys(Object(fleet.snapshot(5_000)['targets']))
    expect(kept.length).toBeLessThanOrEqual(2_000)
    expect(kept).toContain('p/under-way')
    expect(kept).toContain('p/4999')
    expect(kept).not.toContain('p/0')
    underway.ended(success(), 5_001)
  })

  it('takes the success rate from finished attempts, and forgets it with time', () => {
    const fleet = createFleet()
    const vitals = () => fleet.vitals(target)
    for (let i = 0; i < 30; i++) {
      fleet.sent(target, load, i * 1_000).ended(success(), i * 1_000)
      const kind = i % 3 === 0 ? 'server_error' : 'content_filtered'
      fleet.sent(target, load, i * 1_000).ended(failing(kind), i * 1_000)
    }
    expect(vitals().successRate(30_000)).toBeCloseTo(0.75, 1)
    expect(vitals().samples(30_000)).toBeCloseTo(39, 0)
    expect(vitals().samples(1_830_000)).toBeLessThan(1)
    expect(vitals().successRate(7_200_000)).toBeGreaterThan(0.99)
  })

  it('shows the distribution of first-token times once there is one', () => {
    const { fleet, nowMs } = experienced()
    const read = fleet.vitals(target).firstTokens(nowMs)
    expect(Math.abs((read?.quantile(0.5) ?? 0) - 300)).toBeLessThan(3.1)
    expect(createFleet().vitals(target).firstTokens(0)).toBeNull()
  })

  it('lets a working check open the way for a probe, and a failing one count', () => {
    const fleet = createFleet()
    const problem = failing('unreachable').failure
    fleet.checked([target], problem, 0)
    fleet.checked([target], problem, 1_000)
    expect(fleet.vitals(target).breaker(1_000)).toBe('open')
    fleet.checked([target], null, 2_000)
    expect(fleet.vitals(target).availability(2_000)).toEqual({ state: 'probe' })
  })
})

describe('a snapshot', () => {
  it('makes another fleet know the same, on a clock of its own', () => {
    const { fleet, nowMs } = experienced()
    fleet.sent(target, load, nowMs).ended(failing('provider_rate_limited', 8_000), nowMs)
    const saved: unknown = JSON.parse(JSON.stringify(fleet.snapshot(nowMs)))
    const other = createFleet()
    const takenMs = -3_000
    other.restore(saved, takenMs)
    const [before, after] = [fleet.vitals(target), other.vitals(target)]
    for (const later of [0, 5_000, 100_000]) {
      const [then, now] = [nowMs + later, takenMs + later]
      expect(after.firstTokenMs(1_000, now)).toBeCloseTo(before.firstTokenMs(1_000, then) ?? -1, 0)
      expect(totalMs(after, 1_000, 50, now)).toBeCloseTo(totalMs(before, 1_000, 50, then) ?? -1, 0)
      expect(after.successRate(now)).toBeCloseTo(before.successRate(then), 6)
      expect(after.samples(now)).toBeCloseTo(before.samples(then), 6)
      expect(after.outputTokens(now)).toBe(before.outputTokens(then))
    }
    expect(after.firstTokens(0)?.quantile(0.9)).toBe(before.firstTokens(nowMs)?.quantile(0.9))
    expect(after.availability(0)).toMatchObject({ untilMs: takenMs + 8_000 })
    expect(after.inFlight).toBe(0)
  })

  it('of an open breaker stays open for what is left, no longer', () => {
    const fleet = createFleet()
    for (let i = 0; i < 2; i++) fleet.sent(target, load, 0).ended(failing('server_error'), 0)
    const saved: unknown = JSON.parse(JSON.stringify(fleet.snapshot(5_000)))
    const other = createFleet()
    other.restore(saved, -100)
    expect(other.vitals(target).availability(0)).toMatchObject({ untilMs: 7_100 })
    const later = createFleet()
    later.restore(saved, -60_000)
    expect(later.vitals(target).availability(0)).toEqual({ state: 'probe' })
  })

  it('that was tampered with never throws, and never breaks what comes after', () => {
    const { fleet, nowMs } = experienced()
    const sound = JSON.stringify(fleet.snapshot(nowMs))
    fc.assert(
      fc.property(fc.nat(sound.length), fc.nat(40), fc.json(), (at, length, junk) => {
        const text = sound.slice(0, at) + junk + sound.slice(at + length)
        let saved: unknown
        try {
          saved = JSON.parse(text)
        } catch {
          saved = junk
        }
        const other = createFleet()
        other.restore(saved, 0)
        other.sent(target, load, 0).ended(success(), 500)
        const vitals = other.vitals(target)
        const figures = [vitals.successRate(500), vitals.samples(500), totalMs(vitals, 10, 10, 500)]
        for (const figure of figures) {
          expect(figure === null || Number.isFinite(figure)).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('whose numbers are absurd is no more harmful than none', () => {
    const { fleet, nowMs } = experienced()
    const sound = JSON.stringify(fleet.snapshot(nowMs))
    const absurd = fc.constantFrom(
      '1e999',
      '-1e999',
      '1e300',
      '-1e300',
      '1e-300',
      '1e15',
      '0',
      '-1',
    )
    const numbers = sound.match(/-?\d+(\.\d+)?(e[-+]?\d+)?/g)?.length ?? 0
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(numbers), absurd), { maxLength: 12 }), (changes) => {
        const changed = new Map(changes)
        let at = 0
        const text = sound.replaceAll(
          /-?\d+(\.\d+)?(e[-+]?\d+)?/g,
          (found) => changed.get(at++) ?? found,
        )
        let saved: unknown
        try {
          saved = JSON.parse(text)
        } catch {
          return
        }
        const other = createFleet()
        other.restore(saved, 0)
        const vitals = other.vitals(target)
        for (const nowMs of [0, 1_000, 1e9]) {
          const figures = [
            vitals.successRate(nowMs),
            vitals.samples(nowMs),
            vitals.firstTokenMs(3_000, nowMs),
            vitals.msPerOutputToken(nowMs),
            totalMs(vitals, 10, 10, nowMs),
            vitals.latencySpread(nowMs),
            vitals.outputTokens(nowMs),
            vitals.firstTokens(nowMs)?.quantile(0.99) ?? null,
          ]
          for (const figure of figures) {
            expect(figure === null || (Number.isFinite(figure) && figure >= 0)).toBe(true)
          }
          expect(JSON.stringify(other.snapshot(nowMs))).toBeDefined()
        }
        other.sent(target, load, 1e9).ended(success(), 1e9 + 500)
        expect(Number.isFinite(totalMs(other.vitals(target), 10, 10, 1e9 + 500))).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([null, 3, 'x', [], {}, { version: 2, targets: { a: {} } }, { version: 1, targets: 4 }])(
    'that is none is ignored: %j',
    (saved) => {
      const fleet = createFleet()
      fleet.restore(saved, 0)
      expect(fleet.snapshot(0)).toEqual({ version: 1, targets: {} })
    },
  )
})
