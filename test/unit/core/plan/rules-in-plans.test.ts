import { describe, expect, it } from 'vitest'
import type { Policy } from '../../../../src/core/catalog.ts'
import type { Split } from '../../../../src/core/experiment/split.ts'
import { autoAlias } from '../../../../src/core/plan/auto.ts'
import { makePlan } from '../../../../src/core/plan/make-plan.ts'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import type { Surroundings } from '../../../../src/core/plan/surroundings.ts'
import type { Request } from '../../../../src/core/request.ts'
import { aCatalog, aFleet, anAlias, anOccasion, aTarget, someSurroundings } from '../plans.ts'
import { aRule, asking, listed, namesOf } from './rule-cases.ts'

const own = anAlias('assistant', [aTarget('x/a'), aTarget('x/b')])

function surroundedBy(policy: Partial<Policy>, options: Partial<Surroundings> = {}): Surroundings {
  const client = { name: 'web', policy: { name: 'p', allow: ['*'], ...policy } }
  return someSurroundings({ occasion: { ...anOccasion, client }, ...options })
}

function planned(alias = own, around = someSurroundings(), request: Request = asking()): Plan {
  const plan = makePlan(request, { as: 'alias', alias }, aCatalog([alias]), around)
  if ('class' in plan) throw new Error(plan.message)
  return plan
}

describe('rules in a plan', () => {
  const toNew = aRule('new', {}, listed('y/new', 'x/b'))

  it('bring in what the policy allows and say why the first is first', () => {
    const plan = planned(own, surroundedBy({ rules: [toNew] }))
    expect(namesOf(plan.candidates)).toEqual(['y/new', 'x/b', 'x/a'])
    expect(plan.reason).toBe('rule new: prefers y/new')
    const narrow = planned(own, surroundedBy({ rules: [toNew], allow: ['assistant'] }))
    expect(namesOf(narrow.candidates)).toEqual(['x/b', 'x/a'])
    expect(narrow.reason).toBe('rule new: prefers x/b')
  })

  it('never put a target that is down in front', () => {
    const because = 'breaker open'
    const down = { state: 'unavailable', untilMs: 5_000, because } as const
    const fleet = aFleet({ 'x/b': { availability: down } })
    const rules = [aRule('r', {}, listed('x/b'))]
    const plan = planned(own, surroundedBy({ rules }, { fleet }))
    expect(namesOf(plan.candidates)).toEqual(['x/a'])
    expect(plan.excluded).toEqual([{ target: 'x/b', because }])
    expect(plan.reason).not.toContain('rule')
  })

  it('leave a target alone that the client names itself', () => {
    const resolved = { as: 'target', target: aTarget('x/a') } as const
    const around = surroundedBy({ rules: [toNew] })
    expect(makePlan(asking(), resolved, aCatalog([]), around)).toMatchObject({
      reason: 'the client named this target',
      candidates: [{ target: { name: 'x/a' } }],
    })
  })
})

describe('waybill/auto in a plan', () => {
  it('keeps its order whatever the strategy of the policy', () => {
    const auto = autoAlias([aTarget('x/dear'), aTarget('x/cheap')])
    const fleet = aFleet({ 'x/dear': { costNanoUsd: 9 }, 'x/cheap': { costNanoUsd: 1 } })
    const around = surroundedBy({ auto, strategy: { name: 'random' } }, { fleet })
    const plan = planned(auto, around)
    expect(plan).toMatchObject({ strategy: 'failover', model: 'alias' })
    expect(namesOf(plan.candidates)).toEqual(['x/dear', 'x/cheap'])
    expect(plan.candidates[0]?.fallsThrough).toContain('content_filtered')
    expect(planned(own, around).strategy).toBe('random')
  })
})

describe('a split in a plan', () => {
  const canary = { ...own, targets: [{ target: aTarget('y/new'), weight: 1 }] }
  const split: Split = {
    alias: 'assistant',
    by: 'user',
    fingerprint: 'f',
    arms: [
      { name: 'control', weight: 1, alias: own, rollback: null },
      {
        name: 'canary',
        weight: 1,
        alias: { ...canary, fallbacks: ['assistant'] },
        rollback: null,
      },
    ],
  }
  const divided = { ...own, split }
  const plansOf = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      planned(divided, someSurroundings(), asking({ user: `user-${index}` })),
    )

  it("has the arm's targets, and behind them those of the name", () => {
    const orders = new Map(
      plansOf(40).map((plan) => [plan.arm?.arm.name, namesOf(plan.candidates)]),
    )
    expect(orders.get('control')).toEqual(['x/a', 'x/b'])
    expect(orders.get('canary')).toEqual(['y/new', 'x/a', 'x/b'])
  })

  it('names the arm in its reason', () => {
    for (const { arm, reason } of plansOf(10)) {
      expect(reason).toContain(`arm ${arm?.arm.name}: 50 % of traffic by user; `)
    }
  })
})
