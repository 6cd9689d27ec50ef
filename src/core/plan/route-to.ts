import type { Target } from '../catalog.ts'
import type { Dialect, Request } from '../request.ts'
import type { Route } from './plan.ts'

/** Dialects in which embeddings can be asked for and which translate into each other. */
const embeddingDialects: readonly Dialect[] = ['openai', 'gemini']

/** Made once: this is asked for every target of every request. */
const passThrough: Readonly<Record<Dialect, Route>> = {
  openai: { kind: 'pass-through', dialect: 'openai' },
  'openai-responses': { kind: 'pass-through', dialect: 'openai-responses' },
  anthropic: { kind: 'pass-through', dialect: 'anthropic' },
  gemini: { kind: 'pass-through', dialect: 'gemini' },
}

/** How this request can reach this target, or a readable reason why it cannot. */
export function routeTo(target: Target, request: Request): Route | string {
  const { provider } = target
  const { dialect, operation } = request.endpoint
  if (!provider.enabled) return `provider ${provider.id} is disabled`
  const { reach } = provider
  if (reach.kind === 'sdk') {
    if (operation === 'chat') return { kind: 'sdk' }
    if (operation === 'count-tokens') return { kind: 'estimate' }
    return `provider ${provider.id} is reached through ${reach.sdk}, which serves chat requests only`
  }
  if (reach.addresses.has(dialect)) return passThrough[dialect]
  if (operation === 'count-tokens') return { kind: 'estimate' }
  const spoken: readonly Dialect[] = [...reach.addresses.keys()]
  const bridge =
    operation === 'chat'
      ? spoken[0]
      : operation === 'embedding' && embeddingDialects.includes(dialect)
        ? spoken.find((name) => embeddingDialects.includes(name))
        : undefined
  if (bridge !== undefined) return { kind: 'translate', dialect: bridge }
  return `provider ${provider.id} speaks ${spoken.join(', ')}, which has no ${operation} request from ${dialect}`
}
