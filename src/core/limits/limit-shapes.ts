import type { Limit, Metric, Period, Scope } from './limit.ts'
import { limitFrom } from './limit-from-set.ts'
import type { SetLimit } from './set-limit.ts'

/** All limits with the same dimensions: they share their subjects. */
export interface Shape {
  readonly dimensions: readonly Scope[]
  readonly families: readonly Family[]
}

/** Limits on the same metric and period with the same dimensions: the most particular of them bind. */
export interface Family {
  readonly metric: Metric
  /** For every value. */
  readonly general: readonly Limit[]
  /** For one value of a dimension. */
  readonly special: readonly SpecialLimits[]
  /** By value, those set at run time. Limits are made of them when they are first met: they may be many. */
  readonly set: ReadonlyMap<string, SetLimit>
  readonly made: Map<string, readonly Limit[]>
}

interface SpecialLimits {
  readonly scope: Scope
  readonly byValue: ReadonlyMap<string, readonly Limit[]>
}

/** Puts limits in order for look-ups. */
export function shapesOf(configured: readonly Limit[], set: readonly SetLimit[]): readonly Shape[] {
  const shapes = new Map<string, OpenShape>()
  for (const limit of configured) {
    const family = familyAt(shapes, limit.dimensions, limit.metric, limit.per)
    const scope = limit.dimensions.find((one) => limit.only[one] !== undefined)
    if (scope === undefined) family.general.push(limit)
    else addSpecial(family, scope, limit)
  }
  for (const one of set) {
    familyAt(shapes, alone[one.scope], one.metric, one.per).set.set(one.value ?? '', one)
  }
  return [...shapes.values()].map(({ dimensions, families }) => ({
    dimensions,
    families: [...families.values()],
  }))
}

/** In place of what is configured, what was set for this value; null where nothing was. */
export function setFor(family: Family, value: string): readonly Limit[] | null {
  if (family.set.size === 0) return null
  const known = family.made.get(value)
  if (known !== undefined) return known
  const set = family.set.get(value)
  if (set === undefined) return null
  const limits = [limitFrom(set, replacedBy(set, family)[0], family.general[0])]
  family.made.set(value, limits)
  return limits
}

/** The limits that bind some request: those set in place of what they replace. */
export function allOf(configured: readonly Limit[], shapes: readonly Shape[]): readonly Limit[] {
  const all = new Set(configured)
  for (const { families } of shapes) {
    for (const family of families) {
      for (const [value, set] of family.set) {
        for (const limit of replacedBy(set, family)) all.delete(limit)
        for (const limit of setFor(family, value) ?? []) all.add(limit)
      }
    }
  }
  return [...all]
}

interface OpenShape {
  readonly dimensions: readonly Scope[]
  readonly families: Map<string, OpenFamily>
}

interface OpenFamily extends Family {
  readonly general: Limit[]
  readonly special: { readonly scope: Scope; readonly byValue: Map<string, readonly Limit[]> }[]
  readonly set: Map<string, SetLimit>
}

/** What is set is for one dimension. */
const alone: Readonly<Record<Scope, readonly Scope[]>> = {
  global: ['global'],
  provider: ['provider'],
  target: ['target'],
  ip: ['ip'],
  user: ['user'],
  client: ['client'],
  policy: ['policy'],
  model: ['model'],
}

function familyAt(
  shapes: Map<string, OpenShape>,
  dimensions: readonly Scope[],
  metric: Metric,
  per: Period | null,
): OpenFamily {
  const [first = 'global', second] = dimensions
  const key = second === undefined ? first : dimensions.join()
  let shape = shapes.get(key)
  if (shape === undefined) {
    shape = { dimensions, families: new Map() }
    shapes.set(key, shape)
  }
  const measure = `${metric}/${per}`
  let family = shape.families.get(measure)
  if (family === undefined) {
    family = { metric, general: [], special: [], set: new Map(), made: new Map() }
    shape.families.set(measure, family)
  }
  return family
}

function addSpecial({ special }: OpenFamily, scope: Scope, limit: Limit): void {
  let specials = special.find((one) => one.scope === scope)
  if (specials === undefined) {
    specials = { scope, byValue: new Map() }
    special.push(specials)
  }
  const value = limit.only[scope] ?? ''
  specials.byValue.set(value, [...(specials.byValue.get(value) ?? []), limit])
}

function replacedBy({ value }: SetLimit, { general, special }: Family): readonly Limit[] {
  return value === null ? general : (special[0]?.byValue.get(value) ?? [])
}
