import { Secret } from '../core/catalog.ts'
import { knownProviders } from '../providers/index.ts'
import type { KeySource, KnownProvider } from '../providers/known-provider.ts'
import { demonstration } from './demonstration.ts'
import { addressFrom, variableOf } from './environment-address.ts'
import type { ListenAddress } from './listen.ts'
import { configurationSchema } from './schema.ts'
import type { Environment, ProviderSettings, Settings } from './settings.ts'

/** One provider that the environment has a key or an address for. */
export interface FoundProvider {
  readonly provider: string
  /** Names of the variables used; never their values. */
  readonly variables: readonly string[]
}

export interface ZeroConfiguration {
  readonly settings: Settings
  readonly found: readonly FoundProvider[]
  /** Nothing was found, so a simulated provider serves. */
  readonly simulated: boolean
  /** What was found and left aside, and why; for people. */
  readonly notes: readonly string[]
}

/** The configuration when there is no file: every provider the environment has a key for. */
export function zeroConfiguration(
  environment: Environment,
  listen?: ListenAddress,
): ZeroConfiguration {
  const base = configurationSchema.parse({ providers: {} })
  const server = { ...base.server, listen: listen ?? base.server.listen }
  const notes: string[] = []
  const found: FoundProvider[] = []
  const providers: Record<string, ProviderSettings> = {}
  for (const known of knownProviders) {
    const match = findProvider(known, environment, server.listen, notes)
    if (match === null) continue
    providers[known.id] = match.settings
    found.push({ provider: known.id, variables: match.variables })
  }
  const common = { ...base, server, state: { kind: 'memory' as const } }
  if (found.length > 0) {
    return { settings: { ...common, providers }, found, simulated: false, notes }
  }
  return { settings: { ...common, ...demonstration() }, found, simulated: true, notes }
}

interface Match {
  readonly settings: ProviderSettings
  readonly variables: readonly string[]
}

function findProvider(
  known: KnownProvider,
  environment: Environment,
  listen: ListenAddress,
  notes: string[],
): Match | null {
  const source = known.keys.find((candidate) => isComplete(candidate, environment))
  const address = addressFrom(known, environment, listen, notes)
  if (source === undefined && !(known.local && address !== null)) return null
  const needsAddress = known.reach.kind === 'http' && known.reach.addresses[0]?.baseUrl === null
  if (needsAddress && address === null) {
    const [variable] = known.addressVariables ?? []
    notes.push(
      `${source?.variables[0]} is set, and ${known.name} also needs ${variable?.variable}.`,
    )
    return null
  }
  const key = source === undefined ? undefined : variableOf(environment, source.variables[0])
  const baseUrl = address?.baseUrl ?? source?.baseUrl
  const auth = source?.auth?.kind === 'bearer' ? ('bearer' as const) : undefined
  return {
    settings: {
      enabled: true,
      strict: false,
      // An AI SDK package finds its credentials in the environment by itself.
      apiKeys: key === undefined || known.reach.kind === 'sdk' ? [] : [new Secret(key)],
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(auth === undefined ? {} : { auth }),
    },
    variables: [...(source?.variables ?? []), ...(address === null ? [] : [address.variable])],
  }
}

function isComplete(source: KeySource, environment: Environment): boolean {
  if (source.generalPurpose === true) return false
  const values = source.variables.map((name) => variableOf(environment, name))
  // A key of Waybill's own stands there when an application of this machine is pointed at a
  // gateway.
  return values.every((found) => found !== undefined && !found.startsWith('wb-'))
}
