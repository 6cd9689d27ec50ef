import type { Simulation } from '../../core/catalog.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import { findKnownProvider, knownProviders } from '../../providers/index.ts'
import type { KnownProvider } from '../../providers/known-provider.ts'
import type { Findings } from '../problem.ts'
import type { ProviderSettings } from '../settings.ts'
import { showKey } from '../show-value.ts'

/** What a provider turned out to be: reached by address, by package, or simulated. */
export type ProviderForm =
  | { readonly kind: 'http'; readonly known: KnownProvider | null }
  | { readonly kind: 'sdk'; readonly known: KnownProvider | null; readonly sdk: string }
  | { readonly kind: 'simulated'; readonly simulation: Simulation }

/**
 * Which of the ways to describe a provider was used. Null when it is none or two, which is
 * reported.
 */
export function formOf(
  id: string,
  settings: ProviderSettings,
  findings: Findings,
): ProviderForm | null {
  const path = ['providers', id]
  const contradiction = contradictionIn(settings)
  if (contradiction !== null) {
    findings.problem([...path, contradiction.field], contradiction.message, 'key')
    return null
  }
  if (settings.simulated !== undefined) {
    return { kind: 'simulated', simulation: settings.simulated }
  }
  const known = findKnownProvider(settings.like ?? id)
  if (settings.like !== undefined && known === null) {
    findings.problem([...path, 'like'], unknownProvider(settings.like))
    return null
  }
  if (settings.sdk !== undefined) return { kind: 'sdk', known, sdk: settings.sdk }
  if (known?.reach.kind === 'sdk' && settings.baseUrl === undefined) {
    return { kind: 'sdk', known, sdk: known.reach.sdk }
  }
  if (known === null && settings.baseUrl === undefined) {
    const message = `${unknownProvider(id)} For one of your own, give dialect and baseUrl, or like.`
    findings.problem(path, message, 'key')
    return null
  }
  return { kind: 'http', known }
}

/** Fields that describe different kinds of provider and cannot stand together. */
function contradictionIn(settings: ProviderSettings): { field: string; message: string } | null {
  const { simulated, sdk, like, baseUrl, dialect, auth, headers, apiKeys } = settings
  const address = { like, baseUrl, dialect, auth, headers }
  const [addressField] = Object.entries(address).find(([, value]) => value !== undefined) ?? []
  if (simulated !== undefined) {
    const other = sdk !== undefined ? 'sdk' : addressField
    if (other !== undefined) {
      return { field: other, message: 'cannot stand beside simulated, which calls nobody' }
    }
    if (apiKeys.length > 0) {
      return { field: 'simulated', message: 'needs no key; take apiKey out' }
    }
  }
  if (sdk !== undefined && addressField !== undefined && addressField !== 'like') {
    return {
      field: addressField,
      message: 'cannot stand beside sdk; put what the package needs into options',
    }
  }
  return null
}

function unknownProvider(id: string): string {
  const meant = knownProviders.find((known) => known.otherNames?.includes(id.toLowerCase()))
  const ids = knownProviders.map((known) => known.id)
  const near = meant === undefined ? nearNames(id, ids) : [meant.id]
  return `${showKey(id)} is no provider Waybill knows.${didYouMean(near)}`
}
