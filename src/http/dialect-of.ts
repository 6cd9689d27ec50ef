import type { Dialect } from '../core/request.ts'
import { isAnthropicClient } from './models.ts'

/** Whose error shape a path expects, also when it leads nowhere. */
export function dialectOf(path: string, headers: Readonly<Record<string, string>>): Dialect {
  if (path.startsWith('/v1beta/')) return 'gemini'
  if (path.startsWith('/v1/messages')) return 'anthropic'
  if (path.startsWith('/v1/models')) {
    if (geminiAction.test(path)) return 'gemini'
    if (isAnthropicClient(headers)) return 'anthropic'
  }
  return path.startsWith('/v1/responses') ? 'openai-responses' : 'openai'
}

/** Not every colon: fine-tuned models have them in their names. */
const geminiAction = /^\/v1\/models\/.+:(generate|streamGenerate|batchEmbed|embed|count)\w+$/
