import type { KnownReach } from './known-provider.ts'

/**
 * A provider that takes a bearer token at an address speaking Chat Completions, and nothing more.
 */
export function openaiCompatible(baseUrl: string): KnownReach {
  return {
    kind: 'http',
    addresses: [{ dialect: 'openai', baseUrl }],
    auth: { kind: 'bearer' },
    headers: {},
  }
}

/**
 * Chat Completions as everybody but OpenAI implements it: `max_tokens`, and no `developer` role
 * (it is refused with a 400 by DeepSeek, DashScope and others, while `system` is taken
 * everywhere).
 */
export const compatibleQuirks = { maxTokensField: 'max_tokens', noDeveloperRole: true } as const
