import type { Secret } from '../core/catalog.ts'
import type { JsonObject } from '../core/json.ts'
import type { ConfigurationDocument } from './schema.ts'
import type { StateSettings } from './state-address.ts'

type ProviderDocument = ConfigurationDocument['providers'][string]

/** A provider as configured, its keys taken from the environment. */
export type ProviderSettings = Omit<ProviderDocument, 'apiKey' | 'apiKeys' | 'options'> & {
  readonly apiKeys: readonly Secret[]
  readonly options?: JsonObject
}

/**
 * A checked configuration in its own terms: durations in ms, sizes in bytes, secrets as `Secret`.
 */
export type Settings = Omit<ConfigurationDocument, 'providers' | 'state'> & {
  readonly providers: Readonly<Record<string, ProviderSettings>>
  readonly state: StateSettings
}

export type AliasSettings = Settings['models'][string]
export type PolicySettings = Settings['policies'][string]
export type RuleSettings = Exclude<Settings['rules'][number], string>
export type ModelSettings = NonNullable<ProviderSettings['models']>[string]

/** The variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>
