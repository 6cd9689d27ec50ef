import { parseAddress, subscriberOf } from '../core/address.ts'
import type { Catalog } from '../core/catalog.ts'
import { filedUnder } from '../core/limits/filed-under.ts'
import { type Scope, scopes, subjectOf } from '../core/limits/limit.ts'
import { didYouMean, nearNames } from '../core/near-names.ts'
import { autoModel } from '../core/plan/auto.ts'
import { localClient } from './authenticate.ts'
import { answered, type DeskAnswer, type Refusal, refused } from './desk-answer.ts'

/** Whose limits an operator means, by scope; the value of `global` is empty. */
export type Whose = Readonly<Partial<Record<Scope, string>>>

export interface Named {
  readonly scope: Scope
  readonly value: string
}

/** In the order of the scopes, in which books name them too. */
export function namedIn(whose: Whose): Named[] {
  return scopes.flatMap((scope) => {
    const value = whose[scope]
    return value === undefined ? [] : [{ scope, value }]
  })
}

/** `client:web|model:fast`, as reports have it; null where nobody is named. */
export function subjectIn(whose: Whose): string | null {
  const parts = namedIn(whose).map(({ scope, value }) => subjectOf(scope, value))
  return parts.length === 0 ? null : parts.join('|')
}

/** The same as books are filed under it. */
export function filedIn(whose: Whose): string | null {
  const subject = subjectIn(whose)
  return subject === null ? null : filedUnder(subject)
}

/**
 * The names as limits know them (a synonym as its public name, an IPv6 address as its /64), or the
 * first that nobody has.
 */
export function knownNames(whose: Whose, catalog: Catalog): DeskAnswer<Whose> {
  const known: Partial<Record<Scope, string>> = {}
  for (const { scope, value } of namedIn(whose)) {
    const name = knownName(scope, value, catalog)
    if (typeof name !== 'string') return { ok: false, refusal: name }
    known[scope] = name
  }
  return answered(known)
}

function knownName(scope: Scope, value: string, catalog: Catalog): string | Refusal {
  switch (scope) {
    case 'global':
      return ''
    case 'user':
      return value
    case 'ip':
      return addressIn(value) ?? noAddress(value)
    case 'provider':
      return catalog.providers.has(value) ? value : unknown(scope, value, catalog.providers.keys())
    case 'policy':
      return catalog.policies.has(value) ? value : unknown(scope, value, catalog.policies.keys())
    case 'client':
      if (value === localClient || catalog.clients.has(value)) return value
      return unknown(scope, value, [localClient, ...catalog.clients.keys()])
    case 'target':
      return isTarget(value, catalog) ? value : unknown(scope, value, catalog.targets.keys())
    case 'model':
      return modelIn(value, catalog) ?? unknown(scope, value, modelsOf(catalog))
  }
}

/** `192.0.2.1`; `2001:db8::1` and `2001:db8::/64` alike as the /64. */
function addressIn(text: string): string | null {
  const address = parseAddress(text.includes(':') ? text.replace(/\/64$/, '') : text)
  return address === null ? null : subscriberOf(address)
}

/** A provider may serve models that nobody has configured. */
function isTarget(name: string, catalog: Catalog): boolean {
  if (catalog.targets.has(name)) return true
  const slash = name.indexOf('/')
  const provider = catalog.providers.get(name.slice(0, Math.max(0, slash)))
  return provider !== undefined && !provider.strict && slash < name.length - 1
}

/** Requests for a synonym count towards the public name. */
function modelIn(name: string, catalog: Catalog): string | null {
  const alias = catalog.aliases.get(name)
  if (alias !== undefined) return alias.name
  return name === autoModel || isTarget(name, catalog) ? name : null
}

function modelsOf(catalog: Catalog): string[] {
  return [...catalog.aliases.keys(), ...catalog.targets.keys(), autoModel]
}

function unknown(scope: Scope, value: string, names: Iterable<string>): Refusal {
  const meant = didYouMean(nearNames(value, names))
  const message = `There is no ${scope} ${JSON.stringify(value)}.${meant}`
  return refused('not_found', message, scope).refusal
}

function noAddress(value: string): Refusal {
  const message = `${JSON.stringify(value)} is no IP address, such as 192.0.2.1 or 2001:db8::1.`
  return refused('invalid_request', message, 'ip').refusal
}
