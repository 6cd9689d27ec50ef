import type { SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { Signature } from '../../core/conversation.ts'
import { isObject, type JsonValue, objectAt, parseJson, stringAt } from '../../core/json.ts'

/**
 * What a provider package attaches to a part (`{ bedrock: { signature } }`) must come back to it with
 * the part. It travels whole, under the name of the package, as JSON in a signature. Its dialect is
 * Chat Completions, whose own signatures are JSON lists: clients of every dialect get it sealed
 * (core/signature.ts) and give it back, and no provider of any dialect is sent it for its own.
 */
export function signatureOf(metadata: unknown, sdk: string): Signature | null {
  if (!isObject(metadata) || Object.keys(metadata).length === 0) return null
  return { dialect: 'openai', value: JSON.stringify({ [sdk]: metadata }), id: null }
}

/** The attached object, where the signature was made by the same package; null otherwise. */
export function providerOptionsOf(
  signature: Signature | null | undefined,
  sdk: string,
): SharedV4ProviderOptions | null {
  if (signature?.dialect !== 'openai') return null
  const metadata = objectAt(parseJson(signature.value), sdk)
  if (metadata === null) return null
  const options: SharedV4ProviderOptions = {}
  for (const [provider, value] of Object.entries(metadata)) {
    if (isObject(value)) options[provider] = value
  }
  return options
}

/** True when the provider hides the text of this reasoning and only the metadata carries it. */
export function isRedacted(metadata: unknown): boolean {
  return fieldsOf(metadata).some(
    ([name, value]) => name.startsWith('redacted') && typeof value === 'string',
  )
}

/** The stop sequence that ended the reply, where the package tells (Bedrock, Anthropic). */
export function stopSequenceOf(metadata: unknown): string | null {
  for (const [name, value] of fieldsOf(metadata)) {
    if (name === 'stopSequence' && typeof value === 'string') return value
  }
  return null
}

/** The fields of all providers in a metadata object: `{ bedrock: { a }, google: { b } }` → a, b. */
function fieldsOf(metadata: unknown): [string, unknown][] {
  if (!isObject(metadata)) return []
  return Object.values(metadata).flatMap((value) => (isObject(value) ? Object.entries(value) : []))
}

/** What a prompt part or tool carries for its package: the restored metadata and a cache mark. */
export interface WithOptions {
  providerOptions?: SharedV4ProviderOptions
}

export function optionsOf(
  restored: SharedV4ProviderOptions | null,
  cache: JsonValue | undefined,
): WithOptions {
  const marked = cache === undefined || cache === null ? {} : cacheMark(cache)
  const both = { ...restored, ...marked }
  return Object.keys(both).length === 0 ? {} : { providerOptions: both }
}

/** A prompt-cache mark under each name that a package knows it by; packages read only their own. */
function cacheMark(cache: JsonValue): SharedV4ProviderOptions {
  const ttl = stringAt(cache, 'ttl')
  const cachePoint = { type: 'default', ...(ttl === null ? {} : { ttl }) }
  return {
    anthropic: { cacheControl: cache },
    amazonBedrock: { cachePoint },
    bedrock: { cachePoint },
  }
}
