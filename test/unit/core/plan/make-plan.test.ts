import { describe, expect, it } from 'vitest'
import type { Alias, Catalog, Target } from '../../../../src/core/catalog.ts'
import type { Failure } from '../../../../src/core/failure.ts'
import { directRetry, directTimeouts, makePlan } from '../../../../src/core/plan/make-plan.ts'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import type { Request } from '../../../../src/core/request.ts'
import {
  aCatalog,
  anAlias,
  anOutlook,
  aProvider,
  aRequest,
  aTarget,
  retry,
  someSurroundings,
  timeouts,
} from '../plans.ts'

const moment = someSurroundings()
const off = (name: string): Target =>
  aTarget(name, aProvider(name.split('/')[0] ?? '', { enabled: false }))

function planOf(
  alias: Alias,
  options: { others?: Alias[]; request?: Partial<Request>; turn?: number } = {},
): Plan | Failure {
  const catalog = aCatalog([alias, ...(options.others ?? [])])
  const { turn = 0 } = options
  return makePlan(
    aRequest(options.request),
    { as: 'alias', alias },
    catalog,
    someSurroundings({ turn }),
  )
}

function good(outcome: Plan | Failure): Plan {
  if ('class' in outcome) throw new Error(outcome.message)
  return outcome
}

const names = (plan: Plan) => plan.candidates.map(({ target }) => target.name)

describe('makePlan', () => {
  it('takes the targets of an alias in order, with its retry and timeouts', () => {
    const plan = good(planOf(anAlias('alias', [aTarget('a/1'), aTarget('b/2')])))
    expect(plan).toMatchObject({
      model: 'alias',
      resolvedAs: 'alias',
      strategy: 'failover',
      reason: 'first in the configured order',
      excluded: [],
      deadlineMs: null,
    })
    expect(names(plan)).toEqual(['a/1', 'b/2'])
    expect(plan.candidates[0]).toMatchObject({ via: 'alias', weight: 1, retry, timeouts })
  })

  it('keeps the name the client asked by, and the time it allows', () => {
    const alias = anAlias('alias', [aTarget('a/1')], { synonyms: ['other'] })
    const plan = good(planOf(alias, { request: { model: 'other', timeoutMs: 1_500 } }))
    expect(plan).toMatchObject({ model: 'other', deadlineMs: 1_500 })
  })

  it('puts fallbacks and theirs behind the targets, each target once', () => {
    const alias = anAlias('alias', [aTarget('a/1'), aTarget('b/2')], {
      fallbacks: ['second', 'third'],
    })
    const others = [
      anAlias('second', [aTarget('b/2'), aTarget('c/3')], { fallbacks: ['third', 'fourth'] }),
      anAlias('third', [aTarget('a/1'), aTarget('d/4')]),
      anAlias('fourth', [aTarget('d/4'), aTarget('e/5')]),
    ]
    const plan = good(planOf(alias, { others }))
    expect(names(plan)).toEqual(['a/1', 'b/2', 'c/3', 'd/4', 'e/5'])
    expect(plan.candidates.map(({ via }) => via)).toEqual([
      'alias',
      'alias',
      'second',
      'third',
      'fourth',
    ])
  })

  it('ranks each alias of the chain by its own strategy', () => {
    const alias = anAlias('alias', [aTarget('a/1'), aTarget('b/2')], {
      strategy: { name: 'round-robin' },
      fallbacks: ['second'],
    })
    const others = [anAlias('second', [aTarget('c/3'), aTarget('d/4')])]
    const plan = good(planOf(alias, { others, turn: 1 }))
    expect(names(plan)).toEqual(['b/2', 'a/1', 'c/3', 'd/4'])
    expect(plan.reason).toBe('turn 2 of 2')
  })

  it('says of each target that cannot serve why, once', () => {
    const alias = anAlias('alias', [off('a/1'), aTarget('b/2')], { fallbacks: ['second'] })
    const plan = good(planOf(alias, { others: [anAlias('second', [off('a/1')])] }))
    expect(names(plan)).toEqual(['b/2'])
    expect(plan.excluded).toEqual([{ target: 'a/1', because: 'provider a is disabled' }])
  })

  it('says that a fallback serves when no target of its own can', () => {
    const alias = anAlias('alias', [off('a/1')], { fallbacks: ['second'] })
    const others = [anAlias('second', [aTarget('b/2')], { strategy: { name: 'round-robin' } })]
    expect(good(planOf(alias, { others })).reason).toBe('fallback second: turn 1 of 1')
  })

  it('leaves out a fallback that is no longer there', () => {
    const alias = anAlias('alias', [aTarget('a/1')], { fallbacks: ['gone'] })
    expect(names(good(planOf(alias)))).toEqual(['a/1'])
  })

  it('has no target available when all are excluded, and tells the reasons', () => {
    const outcome = planOf(anAlias('alias', [off('a/1'), off('b/2')]))
    expect(outcome).toMatchObject({
      class: 'no_target_available',
      message:
        'No target can serve alias (a/1: provider a is disabled; b/2: provider b is disabled).',
    })
  })

  it('has no target available where there is none at all', () => {
    expect(planOf(anAlias('alias', []))).toMatchObject({
      class: 'no_target_available',
      message: 'No target can serve alias.',
    })
  })
})

describe('what the client wishes', () => {
  const alias = anAlias('alias', [aTarget('a/1'), aTarget('b/2')], { fallbacks: ['second'] })
  const others = [anAlias('second', [aTarget('c/3')])]

  it('no fallback: one target, and no other alias', () => {
    const plan = good(planOf(alias, { others, request: { noFallback: true } }))
    expect(names(plan)).toEqual(['a/1'])
    expect(plan.excluded).toEqual([{ target: 'b/2', because: 'the client wants no fallback' }])
  })

  it('no fallback: not even when the own targets cannot serve', () => {
    const own = anAlias('alias', [off('a/1')], { fallbacks: ['second'] })
    const outcome = planOf(own, { others, request: { noFallback: true } })
    expect(outcome).toMatchObject({ class: 'no_target_available' })
  })

  it('a strategy: for this alias, not for its fallbacks', () => {
    const ring = [anAlias('second', [aTarget('c/3'), aTarget('d/4')])]
    const request = { strategy: 'round-robin' as const }
    const plan = good(planOf(alias, { others: ring, request, turn: 1 }))
    expect(plan).toMatchObject({ strategy: 'round-robin', reason: 'turn 2 of 2' })
    expect(names(plan)).toEqual(['b/2', 'a/1', 'c/3', 'd/4'])
  })
})

describe('a target the client names itself', () => {
  const catalog: Catalog = aCatalog([])

  it.each(['target', 'model-id'] as const)('found as %s, has no other behind it', (as) => {
    const plan = good(makePlan(aRequest(), { as, target: aTarget('a/1') }, catalog, moment))
    expect(plan).toMatchObject({
      resolvedAs: as,
      strategy: 'direct',
      reason: 'the client named this target',
    })
    expect(plan.candidates).toEqual([
      {
        target: expect.objectContaining({ name: 'a/1' }),
        route: { kind: 'pass-through', dialect: 'openai' },
        weight: 1,
        via: null,
        retry: directRetry,
        timeouts: directTimeouts,
        outlook: anOutlook(),
        goesLast: null,
        score: null,
        scores: {},
      },
    ])
  })

  it('that cannot serve it is told why', () => {
    const request = aRequest({ model: 'a/1' })
    expect(makePlan(request, { as: 'target', target: off('a/1') }, catalog, moment)).toMatchObject({
      class: 'no_target_available',
      message: 'No target can serve a/1 (a/1: provider a is disabled).',
    })
  })
})

it('the same moment gives the same plan', () => {
  const targets = Array.from({ length: 8 }, (_, index) => aTarget(`p${index}/m`))
  const alias = anAlias('alias', targets, { strategy: { name: 'random' } })
  expect(planOf(alias)).toEqual(planOf(alias))
})
