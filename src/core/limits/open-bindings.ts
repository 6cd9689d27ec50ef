import type { Target } from '../catalog.ts'
import type { Asker, Bindings } from './bindings.ts'
import { countsRequests } from './charges-of.ts'
import { type Charge, type Limit, type Scope, subjectOf } from './limit.ts'
import { allOf, type Family, type Shape, setFor, shapesOf } from './limit-shapes.ts'
import type { SetLimit } from './set-limit.ts'

/** Clients can make up models and so fill a cache; past this it begins anew. */
const mostCached = 10_000

/**
 * Which limits bind: those configured and those set at run time (each a limit of the one value it is
 * for, in place of a configured one on the same metric and period; a limit for one value likewise comes
 * in place of those for every value). All that were set bind: `openLimitsInForce` leaves out those that
 * have expired.
 */
export function openBindings(configured: readonly Limit[], set: readonly SetLimit[]): Bindings {
  const shapes = shapesOf(configured, set)
  let all: readonly Limit[] | null = null
  const ofTargets = shapes.filter(hasAny(targetScopes))
  const ofAskers = shapes.filter((shape) => !ofTargets.includes(shape))
  const personal = ofAskers.filter(hasAny(personalScopes))
  const fixed = ofAskers.filter((shape) => !personal.includes(shape))
  const mixed = ofTargets.filter(hasAny(askerScopes))
  const plain = ofTargets.filter((shape) => !mixed.includes(shape))
  const fixedOf = cachedByAsker(fixed)
  const plainOf = cachedByTarget(plain)
  return {
    empty: shapes.length === 0,
    countOnly: shapes.every(({ families }) =>
      families.every(({ metric }) => countsRequests(metric)),
    ),
    bindTargets: ofTargets.length > 0,
    get all() {
      all ??= allOf(configured, shapes)
      return all
    },
    ofAsker(asker) {
      const bindings = fixedOf(asker)
      return personal.length === 0 ? bindings : bound(personal, asker, null, bindings.slice())
    },
    ofTarget(asker, target) {
      const bindings = plainOf(asker, target)
      return mixed.length === 0 ? bindings : bound(mixed, asker, target, bindings.slice())
    },
  }
}

const targetScopes: readonly Scope[] = ['provider', 'target']
const askerScopes: readonly Scope[] = ['ip', 'user', 'client', 'policy', 'model']
/** Values nobody knows beforehand, and as many of them as there are people. */
const personalScopes: readonly Scope[] = ['ip', 'user']

function hasAny(scopes: readonly Scope[]): (shape: Shape) => boolean {
  return ({ dimensions }) => dimensions.some((scope) => scopes.includes(scope))
}

/** What binds by client, policy and model is found out once for each that asks. */
function cachedByAsker(shapes: readonly Shape[]): (asker: Asker) => readonly Charge[] {
  if (shapes.length === 0) return () => none
  const countModels = shapes.some(hasAny(['model']))
  const clients = new Map<string, { policy: string; models: Map<string, readonly Charge[]> }>()
  let cached = 0
  return (asker) => {
    let client = clients.get(asker.client)
    if (client === undefined || client.policy !== asker.policy) {
      client = { policy: asker.policy, models: new Map() }
      clients.set(asker.client, client)
    }
    const model = countModels ? asker.model : ''
    const known = client.models.get(model)
    if (known !== undefined) return known
    if (++cached > mostCached) {
      cached = 1
      clients.clear()
    }
    const bindings = bound(shapes, asker, null, [])
    client.models.set(model, bindings)
    return bindings
  }
}

/** What binds by provider and target alone is the same for everybody. */
function cachedByTarget(
  shapes: readonly Shape[],
): (asker: Asker, target: Target) => readonly Charge[] {
  if (shapes.length === 0) return () => none
  const targets = new Map<string, readonly Charge[]>()
  return (asker, target) => {
    const known = targets.get(target.name)
    if (known !== undefined) return known
    if (targets.size >= mostCached) targets.clear()
    const bindings = bound(shapes, asker, target, [])
    targets.set(target.name, bindings)
    return bindings
  }
}

const none: readonly Charge[] = []

/** Adds what binds of these shapes. */
function bound(
  shapes: readonly Shape[],
  asker: Asker,
  target: Target | null,
  bindings: Charge[],
): readonly Charge[] {
  for (const { dimensions, families } of shapes) {
    const subject = subjectFor(dimensions, asker, target)
    if (subject === null) continue
    // What is set is for the value of a single dimension.
    const [scope, further] = dimensions
    const value =
      further === undefined && scope !== undefined ? valueIn(scope, asker, target) : null
    for (const family of families) {
      const set = value === null ? null : setFor(family, value)
      if (set === null && addSpecial(family, subject, asker, target, bindings)) continue
      for (const limit of set ?? family.general) bindings.push(bindingOf(limit, subject))
    }
  }
  return bindings
}

/** One object of one shape, which is the charge too where requests are counted: see `chargesOf`. */
function bindingOf(limit: Limit, subject: string): Charge {
  return { limit, subject, amount: 1, least: 1 }
}

/** Whether any was added. */
function addSpecial(
  { special }: Family,
  subject: string,
  asker: Asker,
  target: Target | null,
  bindings: Charge[],
): boolean {
  const before = bindings.length
  for (const { scope, byValue } of special) {
    const value = valueIn(scope, asker, target)
    const limits = value === null ? undefined : byValue.get(value)
    if (limits === undefined) continue
    for (const limit of limits) {
      if (isFor(limit, asker, target)) bindings.push(bindingOf(limit, subject))
    }
  }
  return bindings.length > before
}

function isFor({ dimensions, only }: Limit, asker: Asker, target: Target | null): boolean {
  for (const scope of dimensions) {
    const value = only[scope]
    if (value !== undefined && value !== valueIn(scope, asker, target)) return false
  }
  return true
}

/** null where a value is not known: the limits then bind nothing. */
function subjectFor(
  dimensions: readonly Scope[],
  asker: Asker,
  target: Target | null,
): string | null {
  let subject = ''
  for (const scope of dimensions) {
    const value = valueIn(scope, asker, target)
    if (value === null) return null
    subject += subject === '' ? subjectOf(scope, value) : `|${subjectOf(scope, value)}`
  }
  return subject
}

function valueIn(scope: Scope, asker: Asker, target: Target | null): string | null {
  switch (scope) {
    case 'global':
      return ''
    case 'provider':
      return target === null ? null : target.provider.id
    case 'target':
      return target === null ? null : target.name
    default:
      return asker[scope]
  }
}
