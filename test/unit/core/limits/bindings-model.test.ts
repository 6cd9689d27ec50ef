import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Target } from '../../../../src/core/catalog.ts'
import type { Asker } from '../../../../src/core/limits/bindings.ts'
import {
  type Binding,
  type Limit,
  metrics,
  type Scope,
  scopes,
} from '../../../../src/core/limits/limit.ts'
import { openBindings } from '../../../../src/core/limits/open-bindings.ts'
import type { SetLimit } from '../../../../src/core/limits/set-limit.ts'
import { aTarget } from '../plans.ts'
import { aLimit, aSetLimit } from './some-limits.ts'

/** Few values, so that they meet. */
const value = fc.constantFrom('a', 'b', 'a|user:b', '%')
const metric = fc.constantFrom(...metrics.slice(0, 2))
const targets = ['a/x', 'a/y', 'b/x'].map((name) => aTarget(name))

const valueFor = (scope: Scope): fc.Arbitrary<string> =>
  scope === 'target' ? fc.constantFrom('a/x', 'a/y', 'b/x') : value

const configured: fc.Arbitrary<Limit> = fc
  .record({
    dimensions: fc.subarray([...scopes], { minLength: 1, maxLength: 3 }),
    metric,
    amount: fc.nat(),
    isFor: fc.option(fc.nat(2)),
  })
  .chain(({ dimensions, metric: counted, amount, isFor }) => {
    const scope = dimensions[(isFor ?? 0) % dimensions.length]
    const limit = (only: Limit['only']) => aLimit(dimensions, only, { metric: counted, amount })
    if (isFor === null || scope === undefined || scope === 'global') return fc.constant(limit({}))
    return valueFor(scope).map((one) => limit({ [scope]: one }))
  })

const setLimit: fc.Arbitrary<SetLimit> = fc
  .record({ scope: fc.constantFrom(...scopes), metric, amount: fc.nat() })
  .chain(({ scope, metric: counted, amount }) =>
    scope === 'global'
      ? fc.constant(aSetLimit(scope, null, amount, { metric: counted }))
      : valueFor(scope).map((one) => aSetLimit(scope, one, amount, { metric: counted })),
  )

const asker: fc.Arbitrary<Asker> = fc.record({
  client: value,
  policy: value,
  model: value,
  user: fc.option(value),
  ip: fc.option(value),
})

/** What the documentation says, word by word: no index, no cache. */
function expected(
  limits: readonly Limit[],
  set: readonly SetLimit[],
  who: Asker,
  target: Target | null,
): string[] {
  const known: Partial<Record<Scope, string | null>> = {
    global: '',
    ...who,
    ...(target === null ? {} : { provider: target.provider.id, target: target.name }),
  }
  const ofTarget = ({ dimensions }: Pick<Limit, 'dimensions'>) =>
    dimensions.includes('provider') || dimensions.includes('target')
  const candidates = [
    ...limits.map((limit) => ({
      ...limit,
      rank: Object.keys(limit.only).length > 0 ? 1 : 0,
    })),
    ...set.map(({ scope, value: one, metric: counted, per, amount }) => ({
      dimensions: [scope],
      only: one === null ? {} : { [scope]: one },
      metric: counted,
      per,
      amount,
      rank: 2,
    })),
  ].filter(
    (limit) =>
      ofTarget(limit) === (target !== null) &&
      limit.dimensions.every((scope) => typeof known[scope] === 'string') &&
      Object.entries(limit.only).every(([scope, one]) => Reflect.get(known, scope) === one),
  )
  const family = (limit: (typeof candidates)[number]) =>
    `${limit.dimensions.join()} ${limit.metric}`
  return candidates
    .filter((limit) =>
      candidates.every((other) => family(other) !== family(limit) || other.rank <= limit.rank),
    )
    .map((limit) => `${family(limit)} ${limit.amount}`)
    .toSorted()
}

const shown = (bindings: readonly Binding[]) =>
  bindings
    .map(({ limit }) => `${limit.dimensions.join()} ${limit.metric} ${limit.amount}`)
    .toSorted()

it('binds what the documentation says, however often and in whatever order it is asked', () => {
  fc.assert(
    fc.property(
      fc.array(configured, { maxLength: 12 }),
      fc.uniqueArray(setLimit, { maxLength: 6, selector: ({ id }) => id }),
      fc.array(fc.tuple(asker, fc.constantFrom(...targets)), { minLength: 1, maxLength: 12 }),
      (limits, set, asked) => {
        const bindings = openBindings(limits, set)
        for (const [who, target] of asked) {
          expect(shown(bindings.ofAsker(who))).toEqual(expected(limits, set, who, null))
          expect(shown(bindings.ofTarget(who, target))).toEqual(expected(limits, set, who, target))
        }
      },
    ),
    { numRuns: 1_000 },
  )
})

it('keeps one book for the same values, and different ones for different values', () => {
  fc.assert(
    fc.property(configured, asker, asker, (limit, one, other) => {
      const bindings = openBindings([limit], [])
      const [first] = bindings.ofAsker(one)
      const [second] = bindings.ofAsker(other)
      fc.pre(first !== undefined && second !== undefined)
      const values = (who: Asker) =>
        JSON.stringify(limit.dimensions.map((scope) => Reflect.get(who, scope)))
      expect(first?.subject === second?.subject).toBe(values(one) === values(other))
    }),
    { numRuns: 1_000 },
  )
})
