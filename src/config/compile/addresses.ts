import type { Address } from '../../core/catalog.ts'
import type { Dialect } from '../../core/request.ts'
import type { KnownAddress } from '../../providers/known-provider.ts'
import type { ProviderSettings } from '../settings.ts'

/** Where a provider is reached in each dialect it speaks, or what is missing to know it. */
export type Addresses = { readonly addresses: readonly KnownAddress[] } | { readonly fault: string }

/**
 * `dialect` says what an address speaks, `baseUrl` where it is. For a known provider either may
 * be left out: a `baseUrl` of its own then stands for all dialects that share the preferred
 * address, because nothing is known of how another host lays out the rest.
 */
export function addressesOf(
  settings: Pick<ProviderSettings, 'dialect' | 'baseUrl'>,
  known: readonly KnownAddress[],
): Addresses {
  const { baseUrl } = settings
  const preferred = known[0]?.baseUrl ?? null
  const dialects = dialectsOf(settings, known)
  if (dialects.length === 0) {
    return { fault: 'says where it is but not what it speaks; add dialect: openai, or another' }
  }
  const addresses = dialects.map((dialect) => {
    const listed = known.find((address) => address.dialect === dialect)
    return { dialect, baseUrl: baseUrl ?? listed?.baseUrl ?? preferred }
  })
  if (addresses.some((address) => address.baseUrl === null)) {
    return { fault: 'needs a baseUrl' }
  }
  return { addresses }
}

function dialectsOf(
  { dialect, baseUrl }: Pick<ProviderSettings, 'dialect' | 'baseUrl'>,
  known: readonly KnownAddress[],
): Dialect[] {
  if (dialect !== undefined) return [...new Set(Array.isArray(dialect) ? dialect : [dialect])]
  const spoken =
    baseUrl === undefined ? known : known.filter((one) => one.baseUrl === known[0]?.baseUrl)
  return spoken.map((address) => address.dialect)
}

/** Origin, path and query of a base address; or why it is none, without repeating it. */
export function parseBaseUrl(
  text: string,
): { address: Address; query: Readonly<Record<string, string>> } | { fault: string } {
  if (!URL.canParse(text)) {
    return { fault: 'must be an address with its scheme, such as https://api.example.com/v1' }
  }
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { fault: 'must begin with https:// or http://' }
  }
  if (url.username !== '' || url.password !== '') {
    return { fault: 'holds a user name or password; put the key into apiKey' }
  }
  if (url.hash !== '') return { fault: 'holds a # part, which is never sent; take it out' }
  const endpoint = /\/(chat\/completions|responses|messages|completions)$/.exec(url.pathname)?.[0]
  if (endpoint !== undefined) {
    return { fault: `ends in ${endpoint}, which Waybill adds itself; leave it off` }
  }
  return {
    address: { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') },
    query: Object.fromEntries(url.searchParams),
  }
}
