import { type Capabilities, unknownCapabilities } from '../../core/needs.ts'
import type { AbilityName } from '../schema/capabilities.ts'
import type { ModelSettings } from '../settings.ts'

/** What the configuration says of a model, and else what is known of it. */
export function capabilitiesFrom(
  configured: ModelSettings | undefined,
  known: Capabilities,
): Capabilities {
  if (configured === undefined) return known
  const { contextWindow, maxOutputTokens, capabilities = {} } = configured
  const said: Partial<Record<AbilityName, boolean>> = {}
  for (const [name, able] of Object.entries(capabilities)) {
    if (isAbility(name) && able !== undefined) said[name] = able
  }
  return {
    ...known,
    ...said,
    contextWindow: contextWindow ?? known.contextWindow,
    maxOutputTokens: maxOutputTokens ?? known.maxOutputTokens,
  }
}

function isAbility(name: string): name is AbilityName {
  return name !== 'contextWindow' && name !== 'maxOutputTokens' && name in unknownCapabilities
}
