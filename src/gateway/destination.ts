import type { Address, Provider, ProviderKind } from '../core/catalog.ts'
import type { Endpoint } from '../core/request.ts'

type Reach = Extract<ProviderKind, { addresses: unknown }>

/** How a provider with an address is reached. */
export function reachOf(provider: Provider): Reach {
  if (provider.reach.kind === 'sdk') throw new Error(`provider ${provider.id} has no address`)
  return provider.reach
}

/** Where a request goes: what stands before the endpoint's path, the path, and both queries. */
export function destination(reach: Reach, endpoint: Endpoint, model: string, query: string) {
  const address: Address | undefined = reach.addresses.get(endpoint.dialect)
  if (address === undefined) throw new Error(`no address for the dialect ${endpoint.dialect}`)
  const path = endpoint.path.includes('{model}')
    ? address.basePath +
      endpoint.path.replace('{model}', encodeURIComponent(model).replaceAll('%2F', '/'))
    : fixedPath(address, endpoint.path)
  const own = reach.kind === 'http' ? queryText(reach.query) : ''
  const queries = own === '' || query === '' ? own + query : `${own}&${query}`
  return {
    origin: address.origin,
    path: queries === '' ? path : `${path}?${queries}`,
    method: 'POST' as const,
  }
}

/** Paths that have been put together, by the address: whoever sends one looks at each of its letters. */
const fixedPaths = new WeakMap<Address, Map<string, string>>()

function fixedPath(address: Address, path: string): string {
  const paths = fixedPaths.get(address) ?? new Map<string, string>()
  const known = paths.get(path)
  if (known !== undefined) return known
  // Not by `+`, whose result stays in two parts until somebody looks, and is compared more slowly for good.
  const whole = [address.basePath, path].join('')
  fixedPaths.set(address, paths.set(path, whole))
  return whole
}

function queryText(query: Readonly<Record<string, string>>): string {
  for (const _ in query) return new URLSearchParams(query).toString()
  return ''
}

/** Adds what the provider asks for: its own headers, and its key. */
export function withProviderHeaders(
  headers: string[],
  reach: Reach,
  apiKey: string | null,
): string[] {
  if (reach.kind !== 'http') return headers
  for (const name in reach.headers) {
    const value = reach.headers[name]
    if (value !== undefined && !hasHeader(headers, name)) headers.push(name, value)
  }
  if (apiKey === null) return headers
  if (reach.auth.kind === 'bearer') headers.push('authorization', `Bearer ${apiKey}`)
  else if (reach.auth.kind === 'header') setHeader(headers, reach.auth.name, apiKey)
  return headers
}

/** A credential of ours stands alone, whatever the client sent under its name. */
function setHeader(headers: string[], name: string, value: string): void {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) headers.splice(i, 2)
  headers.push(name, value)
}

/** What the client sends wins: it may ask for a newer version of a dialect than we know. */
function hasHeader(headers: readonly string[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return true
  return false
}

/** The client's query without its key for us, in whatever case or escapes its name was written. */
export function passedQuery(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .filter((part) => part !== '' && !isKey(part))
    .join('&')
}

function isKey(part: string): boolean {
  const [name = ''] = new URLSearchParams(part).keys()
  return name.toLowerCase() === 'key'
}
