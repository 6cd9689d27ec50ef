import type { Usage } from '../../core/reply.ts'
import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Ask } from '../request/ask.ts'

const CHARACTERS_PER_TOKEN = 4
const TOKENS_PER_MESSAGE = 4
const TOKENS_PER_FILE = 85

/** Input tokens of a request: four characters each, and a little for every message, file and tool. */
export function inputTokensOf(ask: Ask): number {
  let tokens = 0
  for (const { text, files } of ask.messages) {
    tokens += TOKENS_PER_MESSAGE + Math.ceil(text.length / CHARACTERS_PER_TOKEN)
    tokens += files * TOKENS_PER_FILE
  }
  for (const tool of ask.tools) {
    tokens += Math.ceil(JSON.stringify(tool).length / CHARACTERS_PER_TOKEN)
  }
  return tokens
}

/** Usage with the cached part the behaviour sets, or half of the input for a model named `cached`. */
export function usageFor(
  ask: Ask,
  behaviour: Behaviour,
  output: { readonly outputTokens: number; readonly reasoningTokens: number },
): Usage {
  const inputTokens = behaviour.inputTokens ?? inputTokensOf(ask)
  const byName = ask.model.includes('cached') ? Math.floor(inputTokens / 2) : 0
  const cachedInputTokens = Math.min(inputTokens, behaviour.cachedTokens ?? byName)
  const cacheWriteTokens = Math.min(
    inputTokens - cachedInputTokens,
    behaviour.cacheWriteTokens ?? 0,
  )
  return { inputTokens, cachedInputTokens, cacheWriteTokens, ...output }
}
