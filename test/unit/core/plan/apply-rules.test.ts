import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyRules } from '../../../../src/core/plan/apply-rules.ts'
import { predefinedRules } from '../../../../src/core/plan/predefined-rules.ts'
import { openRegionTimes } from '../../../../src/core/plan/region-times.ts'
import { noConditions, type Rule } from '../../../../src/core/plan/rule.ts'
import {
  aRule,
  asking,
  candidate,
  listed,
  namesOf,
  occasionOf,
  ruleCase,
  target,
} from './rule-cases.ts'

const abc = [candidate('x/a'), candidate('x/b'), candidate('x/c')]

function predefined(name: string): Rule[] {
  return predefinedRules.filter((rule) => rule.name === name)
}

describe('which rule applies', () => {
  const toB = aRule('to-b', {}, listed('x/b'))
  const toC = aRule('to-c', {}, listed('x/c'))

  it('the first that matches, in written order, and the reason names it', () => {
    const needsTools = aRule('tools', { needs: [{ need: 'tools', is: true }] }, listed('x/c'))
    const applied = applyRules([needsTools, toB, toC], ruleCase(abc))
    expect(applied).toMatchObject({ reason: 'rule to-b: prefers x/b', preferred: 1 })
    expect(namesOf(applied?.order)).toEqual(['x/b', 'x/a', 'x/c'])
    const withTools = ruleCase(abc, { request: asking({}, { tools: true }) })
    expect(applyRules([needsTools, toB], withTools)?.rule.name).toBe('tools')
  })

  it('none, and then nothing changes', () => {
    const never = aRule('never', { clients: ['batch'] }, listed('x/b'))
    expect(applyRules([never], ruleCase(abc))).toBeNull()
    expect(applyRules([], ruleCase(abc))).toBeNull()
  })

  it('passes over a rule whose targets cannot serve', () => {
    const elsewhere = aRule('elsewhere', {}, listed('y/gone'))
    expect(applyRules([elsewhere, toC], ruleCase(abc))?.rule.name).toBe('to-c')
  })

  it('a rule the request asks for comes first, whatever its conditions', () => {
    const hidden = aRule('hidden', { clients: ['nobody'] }, listed('x/c'))
    const given = ruleCase(abc, { occasion: occasionOf({ rule: hidden }) })
    expect(applyRules([toB], given)?.rule.name).toBe('hidden')
  })
})

describe('a list of targets', () => {
  it('without weights is tried as written', () => {
    const order = applyRules([aRule('r', {}, listed('x/c', 'x/b'))], ruleCase(abc))?.order
    expect(namesOf(order)).toEqual(['x/c', 'x/b', 'x/a'])
  })

  it('with weights is drawn in proportion, the same for the same seed', () => {
    const rules = [aRule('r', {}, listed(['x/a', 40], ['x/c', 60]))]
    const first = (seed: number) => applyRules(rules, ruleCase(abc, { seed }))
    let wins = 0
    const draws = 20_000
    for (let seed = 0; seed < draws; seed++) {
      if (first(seed)?.order[0]?.target.name === 'x/c') wins++
    }
    // Five standard errors of a share of 0.6 over 20,000 draws.
    expect(Math.abs(wins / draws - 0.6)).toBeLessThan(0.0174)
    expect(first(7)).toEqual(first(7))
    expect(first(7)?.reason).toMatch(/^rule r: x\/[ac], drawn with weight [46]0 of 100$/)
    expect(first(7)?.preferred).toBe(2)
  })

  it('a pattern prefers every candidate it matches', () => {
    const ranked = [candidate('x/a'), candidate('y/b'), candidate('x/c')]
    const applied = applyRules([aRule('r', {}, listed('y/*'))], ruleCase(ranked))
    expect(namesOf(applied?.order)).toEqual(['y/b', 'x/a', 'x/c'])
  })

  it('brings in a target beyond the alias where the policy allows it', () => {
    const rules = [aRule('r', {}, listed('y/new'))]
    const bring = (of: ReturnType<typeof target>) => candidate(of)
    const allowed = applyRules(rules, ruleCase(abc, { bring }))
    expect(namesOf(allowed?.order)).toEqual(['y/new', 'x/a', 'x/b', 'x/c'])
    const policy = { name: 'narrow', allow: ['x/*'] }
    const narrow = ruleCase(abc, { bring, occasion: occasionOf({ policy }) })
    expect(applyRules(rules, narrow)).toBeNull()
  })
})

describe('ceilings', () => {
  const ranked = [
    candidate('x/dear', { costNanoUsd: 9_000_000, totalMs: 200, firstTokenMs: 150 }),
    candidate('x/cheap', { costNanoUsd: 1_000_000, totalMs: 3_000, firstTokenMs: 100 }),
    candidate('x/unknown'),
  ]
  const ceilings = (when: Partial<Rule['when']>) => [aRule('r', when, { by: 'ceilings' })]

  it('maxCost prefers what is known to stay below it', () => {
    const applied = applyRules(ceilings({ maxCostNanoUsd: 2_000_000 }), ruleCase(ranked))
    expect(namesOf(applied?.order)).toEqual(['x/cheap', 'x/dear', 'x/unknown'])
    expect(applied?.preferred).toBe(1)
    expect(applyRules(ceilings({ maxCostNanoUsd: 10 }), ruleCase(ranked))).toBeNull()
  })

  it('maxLatency is the whole reply, or the first token of a stream; what is not measured may pass', () => {
    const rules = ceilings({ maxLatencyMs: 1_000 })
    expect(namesOf(applyRules(rules, ruleCase(ranked))?.order)).toEqual([
      'x/dear',
      'x/unknown',
      'x/cheap',
    ])
    const streaming = ruleCase(ranked, { request: asking({ streaming: 'sse' }) })
    expect(applyRules(rules, streaming)?.preferred).toBe(3)
  })

  it('hold for listed targets too, also for those brought in', () => {
    const rules = [aRule('r', { maxCostNanoUsd: 2_000_000 }, listed('x/dear', 'y/new', 'x/cheap'))]
    const bring = (of: ReturnType<typeof target>) => candidate(of, { costNanoUsd: 5_000_000 })
    const applied = applyRules(rules, ruleCase(ranked, { bring }))
    expect(applied?.preferred).toBe(1)
    expect(applied?.order[0]?.target.name).toBe('x/cheap')
  })

  it('a listed candidate over the ceiling is not brought in a second time', () => {
    const rules = [aRule('r', { maxCostNanoUsd: 2_000_000 }, listed('x/dear', 'x/cheap'))]
    const bring = (of: ReturnType<typeof target>) => candidate(of, { costNanoUsd: 1 })
    expect(namesOf(applyRules(rules, ruleCase(ranked, { bring }))?.order)).toEqual([
      'x/cheap',
      'x/dear',
      'x/unknown',
    ])
  })
})

describe('the predefined rules', () => {
  const price = (input: number, output: number) => ({
    inputNanoUsd: input,
    cachedInputNanoUsd: input,
    cacheWriteNanoUsd: input,
    outputNanoUsd: output,
    requestNanoUsd: 0,
  })
  const ranked = [
    candidate(target('x/middle', { price: price(3_000, 15_000), can: { vision: null } }), {
      costNanoUsd: 3_000,
      totalMs: 2_000,
      firstTokenMs: 100,
    }),
    candidate(target('x/small', { price: price(100, 400), can: { vision: true } }), {
      costNanoUsd: 100,
      totalMs: 500,
      firstTokenMs: 200,
    }),
    candidate(target('x/local'), {}),
    candidate(target('x/large', { price: price(15_000, 75_000), can: { vision: true } }), {
      costNanoUsd: 15_000,
      totalMs: 9_000,
      firstTokenMs: 900,
    }),
  ]
  const order = (name: string, options = {}) =>
    namesOf(applyRules(predefined(name), ruleCase(ranked, options))?.order)

  it('budget: cheapest first, unknown cost behind', () => {
    expect(order('budget')).toEqual(['x/small', 'x/middle', 'x/large', 'x/local'])
  })

  it('quality: dearest model first', () => {
    expect(order('quality')).toEqual(['x/large', 'x/middle', 'x/small', 'x/local'])
  })

  it('fast: the whole reply, or the first token of a stream', () => {
    expect(order('fast')).toEqual(['x/small', 'x/middle', 'x/large', 'x/local'])
    const streaming = { request: asking({ streaming: 'sse' }) }
    expect(order('fast', streaming)).toEqual(['x/middle', 'x/small', 'x/large', 'x/local'])
  })

  it('fast prefers nothing before anything is measured', () => {
    expect(applyRules(predefined('fast'), ruleCase(abc))).toBeNull()
  })

  it('vision: with an image, those known to see it', () => {
    const image = { request: asking({}, { vision: true }) }
    expect(order('vision', image)).toEqual(['x/small', 'x/large', 'x/middle', 'x/local'])
    expect(applyRules(predefined('vision'), ruleCase(ranked))).toBeNull()
  })
})

describe('the nearest region', () => {
  const ranked = [
    candidate(target('us/m', { region: 'us-east' })),
    candidate(target('none/m')),
    candidate(target('eu/m', { region: 'EU-west' })),
    candidate(target('asia/m', { region: 'asia' })),
  ]
  const near = (options: Parameters<typeof occasionOf>[0]) =>
    applyRules(predefined('region'), ruleCase(ranked, { occasion: occasionOf(options) }))

  it('is the same one, then those configured as near', () => {
    const regions = { header: null, names: new Map(), near: new Map([['eu-west', ['us-east']]]) }
    const applied = near({ region: 'eu-west', regions })
    expect(namesOf(applied?.order)).toEqual(['eu/m', 'us/m', 'none/m', 'asia/m'])
    expect(applied?.reason).toBe('rule region: region EU-west is nearest to eu-west')
  })

  it('is measured once every region has been', () => {
    const regionTimes = openRegionTimes()
    const measure = (region: string, ms: number) => {
      for (let count = 0; count < 10; count++) regionTimes.observe('eu-west', region, ms)
    }
    measure('us-east', 90)
    measure('asia', 300)
    expect(near({ region: 'eu-west', regionTimes })?.order[0]?.target.name).toBe('eu/m')
    measure('eu-west', 120)
    const applied = near({ region: 'eu-west', regionTimes })
    expect(namesOf(applied?.order)).toEqual(['us/m', 'eu/m', 'asia/m', 'none/m'])
    expect(applied?.reason).toContain('measured 90 ms')
  })

  it('is nothing where nobody says where the client is, or nothing is near', () => {
    expect(near({})).toBeNull()
    expect(near({ region: 'moon' })).toBeNull()
  })
})

describe('any rules and candidates', () => {
  const name = fc.constantFrom('x/a', 'x/b', 'x/c', 'y/d', 'y/e')
  const preference = fc.oneof(
    fc
      .uniqueArray(name, { minLength: 1 })
      .chain((names) =>
        fc
          .boolean()
          .map((drawn) =>
            listed(...names.map((one) => (drawn ? ([one, 2] as [string, number]) : one))),
          ),
      ),
    fc
      .constantFrom('cheapest', 'fastest', 'best', 'capable')
      .map((order) => ({ by: 'order', order }) as const),
    fc.constant({ by: 'ceilings' } as const),
  )
  const rules = fc.array(
    preference.map((prefer) => ({ name: 'r', when: noConditions, prefer })),
    { maxLength: 4 },
  )
  const ranked = fc
    .uniqueArray(name)
    .chain((names) =>
      fc
        .array(fc.option(fc.nat(1_000)), { minLength: names.length, maxLength: names.length })
        .map((costs) =>
          names.map((one, index) =>
            candidate(one, { costNanoUsd: costs[index] ?? null, totalMs: costs[index] ?? null }),
          ),
        ),
    )

  it('lose and repeat no candidate, and keep the order of the rest', () => {
    fc.assert(
      fc.property(rules, ranked, fc.nat(), fc.boolean(), (some, candidates, seed, mayBring) => {
        const bring = mayBring ? (of: ReturnType<typeof target>) => candidate(of) : () => null
        const given = ruleCase(candidates, { seed, bring })
        const applied = applyRules(some, given)
        expect(applyRules(some, given)).toEqual(applied)
        if (applied === null) return
        const { order, preferred } = applied
        expect(preferred).toBeGreaterThan(0)
        expect(new Set(namesOf(order)).size).toBe(order.length)
        for (const one of candidates) expect(order).toContain(one)
        const rest = order.slice(preferred)
        expect(rest).toEqual(candidates.filter((one) => rest.includes(one)))
      }),
    )
  })
})
