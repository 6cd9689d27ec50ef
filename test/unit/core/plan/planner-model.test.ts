import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strategyNames } from '../../../../src/core/catalog.ts'
import type { Availability } from '../../../../src/core/health/vitals.ts'
import { choiceOf } from '../../../../src/core/plan/choice.ts'
import { makePlan } from '../../../../src/core/plan/make-plan.ts'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import {
  aCatalog,
  aFleet,
  anAlias,
  aProvider,
  aRequest,
  aTarget,
  someSurroundings,
} from '../plans.ts'

/** What may be the matter with a target. */
const state = fc.constantFrom('fine', 'disabled', 'down', 'probe', 'ramping', 'failing')
type State = 'fine' | 'disabled' | 'down' | 'probe' | 'ramping' | 'failing'

const scene = fc.record({
  own: fc.array(state, { maxLength: 6 }),
  fallback: fc.array(state, { maxLength: 4 }),
  strategy: fc.constantFrom(...strategyNames),
  noFallback: fc.boolean(),
  seed: fc.integer(),
  turn: fc.nat(100),
})
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never

const availabilities: Partial<Record<State, Availability>> = {
  down: { state: 'unavailable', untilMs: 5, because: 'breaker open' },
  probe: { state: 'probe' },
  ramping: { state: 'ramping', share: 0.5 },
}

function planOf({ own, fallback, strategy, noFallback, seed, turn }: Scene) {
  const states = new Map<string, State>()
  const targets = (all: readonly State[], prefix: string) =>
    all.map((one, index) => {
      const name = `${prefix}${index}/m`
      states.set(name, one)
      return aTarget(name, aProvider(`${prefix}${index}`, { enabled: one !== 'disabled' }))
    })
  const second = anAlias('second', targets(fallback, 'b'))
  const alias = anAlias('alias', targets(own, 'a'), {
    strategy: choiceOf(strategy),
    fallbacks: ['second'],
  })
  const fleet = aFleet(
    Object.fromEntries(
      [...states].map(([name, one]) => [
        name,
        {
          samples: 50,
          totalMs: 100,
          successRate: one === 'failing' ? 0.5 : 1,
          availability: availabilities[one] ?? { state: 'ready' as const },
        },
      ]),
    ),
  )
  const plan = makePlan(
    aRequest({ noFallback }),
    { as: 'alias', alias },
    aCatalog([alias, second]),
    someSurroundings({ fleet, seed, turn }),
  )
  const asked = noFallback ? own : [...own, ...fallback]
  return { plan, states, asked }
}

const planned = (check: (plan: Plan, states: ReadonlyMap<string, State>) => void) =>
  fc.assert(
    fc.property(scene, (given) => {
      const { plan, states } = planOf(given)
      if (!('class' in plan)) check(plan, states)
    }),
    { numRuns: 500 },
  )
const names = (plan: Plan) => plan.candidates.map(({ target }) => target.name)

describe('a plan', () => {
  it('exists exactly when something enabled could be asked', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { plan, asked } = planOf(given)
        expect('class' in plan).toBe(asked.every((one) => one === 'disabled'))
      }),
    )
  })

  it('holds every target once: as a candidate or excluded', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { plan, asked } = planOf(given)
        if ('class' in plan) return
        const all = [...names(plan), ...plan.excluded.map(({ target }) => target)]
        expect(all).toHaveLength(asked.length)
        expect(new Set(all).size).toBe(all.length)
      }),
    )
  })

  it('never tries what is disabled, nor what is down while anything else can serve', () => {
    planned((plan, states) => {
      for (const name of names(plan)) {
        expect(states.get(name)).not.toBe('disabled')
        if (!plan.panic) expect(states.get(name)).not.toBe('down')
      }
    })
  })

  it('panics only where all that could serve are down, and then tries them all', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { plan, states, asked } = planOf(given)
        if ('class' in plan) return
        const usable = asked.filter((one) => one !== 'disabled')
        expect(plan.panic).toBe(usable.every((one) => one === 'down'))
        if (plan.panic && !given.noFallback) expect(plan.candidates).toHaveLength(usable.length)
        if (plan.panic) expect(plan.reason).toContain('no target looks usable')
        expect(states.size).toBeGreaterThan(0)
      }),
    )
  })

  it('puts what goes last behind all that does not', () => {
    planned((plan) => {
      const last = plan.candidates.map(({ goesLast }) => goesLast != null)
      expect(last.includes(true) && last.lastIndexOf(false) > last.indexOf(true)).toBe(false)
    })
  })

  it('holds failures against a target, but for a second chance now and then', () => {
    const seeds = Array.from({ length: 1_000 }, (_, seed) => seed)
    const firsts = seeds.map((seed) => {
      const own: State[] = ['failing', 'fine']
      const given = { own, fallback: [], noFallback: false, seed: seed * 7_919, turn: 0 }
      const { plan } = planOf({ ...given, strategy: 'failover' })
      return 'class' in plan ? '' : names(plan)[0]
    })
    expect(firsts.filter((name) => name === 'a1/m').length).toBeGreaterThan(900)
  })

  it('gives every excluded target a reason', () => {
    planned((plan) => {
      for (const { because } of plan.excluded) expect(because).not.toBe('')
    })
  })

  it('is the same for the same surroundings', () => {
    fc.assert(
      fc.property(scene, (given) => {
        expect(JSON.stringify(planOf(given).plan)).toBe(JSON.stringify(planOf(given).plan))
      }),
    )
  })
})

it('a recovering target wins its share of the seeds', () => {
  let first = 0
  for (let seed = 0; seed < 2_000; seed++) {
    const { plan } = planOf({
      own: ['ramping', 'fine'],
      fallback: [],
      strategy: 'failover',
      noFallback: false,
      seed,
      turn: 0,
    })
    if (!('class' in plan) && names(plan)[0] === 'a0/m') first++
  }
  expect(first / 2_000).toBeCloseTo(0.5, 1)
})
