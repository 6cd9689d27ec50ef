import { type Capabilities, unknownCapabilities } from '../needs.ts'

/** Models that share their abilities, told by their name. */
export interface ModelFamily {
  /** Matched against the plain name, see `plainModelName`. */
  readonly pattern: RegExp
  /** What is certain of all of them; what is left out is unknown and excludes nothing. */
  readonly known: Partial<Capabilities>
  /**
   * Providers at which the sizes (context window, longest reply) hold. Elsewhere the same weights are
   * often served with smaller ones, so there they stay unknown.
   */
  readonly sizedAt?: readonly string[]
}

/**
 * The name of a model without what resellers put around it: `us.anthropic.claude-…-v1:0`,
 * `openai/gpt-4o`, `accounts/fireworks/models/…`, `models/gemini-…` all lead to the family.
 */
export function plainModelName(model: string): string {
  const last = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  return last.replace(/^(?:[a-z-]+\.)+/, '')
}

/** What the first family that fits says about a model at a provider. */
export function familyCapabilities(
  families: readonly ModelFamily[],
  provider: string,
  model: string,
): Capabilities {
  const name = plainModelName(model)
  const family = families.find(({ pattern }) => pattern.test(name))
  if (family === undefined) return unknownCapabilities
  const known = { ...unknownCapabilities, ...family.known }
  if (family.sizedAt?.includes(provider) === true) return known
  return { ...known, contextWindow: null, maxOutputTokens: null }
}
