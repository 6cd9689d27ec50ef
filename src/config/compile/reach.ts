import type { Address, AuthStyle, ProviderKind, Simulation } from '../../core/catalog.ts'
import type { Dialect } from '../../core/request.ts'
import type { KnownProvider } from '../../providers/known-provider.ts'
import type { Findings, Path } from '../problem.ts'
import type { ProviderSettings } from '../settings.ts'
import { addressesOf, parseBaseUrl } from './addresses.ts'
import { frozenMap } from './frozen-map.ts'

export type HttpReach = Extract<ProviderKind, { kind: 'http' }>

/** A provider that is simulated speaks every dialect, at an address nobody can call. */
export function simulatedReach(simulation: Simulation): ProviderKind {
  const at = (basePath: string): Address => ({ origin: 'http://simulated.invalid', basePath })
  const addresses = frozenMap<Dialect, Address>([
    ['openai', at('/v1')],
    ['openai-responses', at('/v1')],
    ['anthropic', at('/v1')],
    ['gemini', at('/v1beta')],
  ])
  return { kind: 'simulated', simulation, addresses }
}

export function httpReach(
  id: string,
  settings: ProviderSettings,
  known: KnownProvider | null,
  findings: Findings,
): HttpReach | null {
  const path: Path = ['providers', id]
  const preset = known?.reach.kind === 'http' ? known.reach : null
  const found = addressesOf(settings, preset?.addresses ?? [])
  if ('fault' in found) {
    const example = known === null ? '' : `, such as ${exampleAddress(known)}`
    findings.problem(path, `${found.fault}${example}`, 'key')
    return null
  }
  const addresses = new Map<Dialect, Address>()
  let query: Readonly<Record<string, string>> = {}
  for (const { dialect, baseUrl } of found.addresses) {
    const parsed = parseBaseUrl(baseUrl ?? '')
    if ('fault' in parsed) {
      findings.problem([...path, 'baseUrl'], parsed.fault)
      return null
    }
    addresses.set(dialect, parsed.address)
    query = parsed.query
  }
  return {
    kind: 'http',
    addresses: frozenMap(addresses),
    auth: authOf(settings) ?? preset?.auth ?? usualAuth(addresses),
    headers: { ...preset?.headers, ...lowerCaseNames(settings.headers ?? {}) },
    query,
  }
}

/** As the vendor of the dialect has it; an address that speaks several takes what most servers do. */
function usualAuth(addresses: ReadonlyMap<Dialect, unknown>): AuthStyle {
  const [dialect, another] = addresses.keys()
  if (another === undefined && dialect === 'anthropic') return { kind: 'header', name: 'x-api-key' }
  if (another === undefined && dialect === 'gemini') {
    return { kind: 'header', name: 'x-goog-api-key' }
  }
  return { kind: 'bearer' }
}

function authOf({ auth }: ProviderSettings): AuthStyle | null {
  if (auth === undefined) return null
  if (auth === 'bearer' || auth === 'none') return { kind: auth }
  return { kind: 'header', name: auth.header.toLowerCase() }
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

function exampleAddress(known: KnownProvider): string {
  const template = known.addressVariables?.[0]?.baseUrl ?? 'https://{}/v1'
  return template.replace('{}', '<name>')
}
