import type { Provider, ProviderKind } from '../../core/catalog.ts'
import type { KnownProvider } from '../../providers/known-provider.ts'
import type { Findings } from '../problem.ts'
import type { ProviderSettings, Settings } from '../settings.ts'
import { formOf, type ProviderForm } from './provider-forms.ts'
import { httpReach, simulatedReach } from './reach.ts'

/** `waybill/auto` and Gemini's `models/…` would otherwise mean two things. */
const reservedIds = new Set(['waybill', 'models'])

export function compileProviders(settings: Settings, findings: Findings): Map<string, Provider> {
  const providers = new Map<string, Provider>()
  for (const [id, provider] of Object.entries(settings.providers)) {
    if (reservedIds.has(id)) {
      findings.problem(['providers', id], 'is a reserved name; choose another', 'key')
      continue
    }
    const compiled = compileProvider(id, provider, findings)
    if (compiled !== null) providers.set(id, compiled)
  }
  const enabled = [...providers.values()].filter((provider) => provider.enabled)
  if (Object.keys(settings.providers).length === 0) {
    findings.problem(['providers'], 'names no provider; name at least one')
  } else if (enabled.length === 0 && findings.problems.length === 0) {
    findings.warning(['providers'], 'are all disabled, so every request will be refused', 'key')
  }
  return providers
}

function compileProvider(
  id: string,
  settings: ProviderSettings,
  findings: Findings,
): Provider | null {
  const form = formOf(id, settings, findings)
  if (form === null) return null
  if (settings.options !== undefined && form.kind !== 'sdk') {
    const message = 'are for AI SDK packages; add sdk, or take them out'
    findings.problem(['providers', id, 'options'], message, 'key')
    return null
  }
  const reach = reachOf(id, settings, form, findings)
  if (reach === null) return null
  const known = form.kind === 'simulated' ? null : form.known
  if (reach.kind === 'http' && reach.auth.kind !== 'none' && lacksKey(settings, known)) {
    const variable = known?.keys[0]?.variables[0] ?? 'API_KEY'
    findings.problem(['providers', id], `needs a key: apiKey: "\${${variable}}"`, 'key')
    return null
  }
  return {
    id,
    knownAs: known?.id ?? id,
    enabled: settings.enabled,
    region: settings.region ?? null,
    reach,
    apiKeys: settings.apiKeys,
    strict: settings.strict,
    quirks: { ...known?.quirks },
  }
}

function reachOf(
  id: string,
  settings: ProviderSettings,
  form: ProviderForm,
  findings: Findings,
): ProviderKind | null {
  switch (form.kind) {
    case 'simulated':
      return simulatedReach(form.simulation)
    case 'sdk':
      return { kind: 'sdk', sdk: form.sdk, options: settings.options ?? {} }
    case 'http':
      return httpReach(id, settings, form.known, findings)
  }
}

/** A known provider at its own address answers nothing without a key; what stands elsewhere may. */
function lacksKey(settings: ProviderSettings, known: KnownProvider | null): boolean {
  return (
    settings.enabled &&
    settings.apiKeys.length === 0 &&
    settings.baseUrl === undefined &&
    known !== null &&
    !known.local
  )
}
