import { Secret } from '../core/catalog.ts'
import { expandInside, expandVariables } from './expand.ts'
import type { Findings, Path } from './problem.ts'
import type { ConfigurationDocument } from './schema.ts'
import type { Environment, ProviderSettings } from './settings.ts'

/**
 * Shorter than any provider's key: more likely a leftover, which would fail only when it is used.
 */
const SHORTEST_SECRET = 3

type ProviderDocument = ConfigurationDocument['providers'][string]

/**
 * Takes the secrets of one provider from the environment. What a disabled one lacks is not
 * missed.
 */
export function withSecrets(
  id: string,
  provider: ProviderDocument,
  environment: Environment,
  findings: Findings,
): ProviderSettings {
  const { apiKey, apiKeys, options, ...rest } = provider
  if (!provider.enabled) return { ...rest, apiKeys: [] }
  const path: Path = ['providers', id]
  if (apiKey !== undefined && apiKeys !== undefined) {
    findings.problem([...path, 'apiKeys'], 'cannot stand beside apiKey; keep one of the two', 'key')
  }
  const secrets: Secret[] = []
  const take = (text: string, at: Path): void => {
    const value = expandVariables(text, at, environment, findings)
    if (value === null) return
    const fault = secretFault(value)
    if (fault === null) secrets.push(new Secret(value))
    else findings.problem(at, fault)
  }
  if (apiKey !== undefined) take(apiKey, [...path, 'apiKey'])
  for (const [index, text] of (apiKeys ?? []).entries()) take(text, [...path, 'apiKeys', index])
  if (options === undefined) return { ...rest, apiKeys: secrets }
  const expanded = expandInside(options, [...path, 'options'], environment, findings)
  return { ...rest, options: expanded ?? {}, apiKeys: secrets }
}

function secretFault(value: string): string | null {
  if (value.trim().length < SHORTEST_SECRET) {
    return 'is too short to be a key; leave the field out when the provider needs none'
  }
  if (/…|\.\.\.|^<.*>$|^your[-_ ]|change[-_]?me/i.test(value)) {
    return `is a sample, not a key; write the key the provider gave you, or \${NAME}`
  }
  // A header with a line break or a letter beyond ASCII cannot be sent at all.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return 'holds blanks, line breaks or letters beyond ASCII, which no key does'
  }
  return null
}
