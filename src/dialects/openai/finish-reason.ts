import type { FailureClass } from '../../core/failure.ts'
import type { FinishReason } from '../../core/reply.ts'

/** The words providers of this dialect use for why a reply ended, beside OpenAI's own five. */
const meanings: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  safety: 'content-filter',
  prohibited_content: 'content-filter',
  recitation: 'content-filter',
  sensitive: 'content-filter',
  refusal: 'refusal',
  pause_turn: 'pause',
}

/** Finish reasons that say the provider broke off: a reply that ends with one is not a reply. */
const breakdowns: Readonly<Record<string, FailureClass>> = {
  error: 'server_error',
  network_error: 'server_error',
  insufficient_system_resource: 'overloaded',
}

export interface SeenParts {
  readonly toolCalls: boolean
  readonly refusal: boolean
}

/**
 * * The canonical reason. Providers that say `stop` after tool calls (Gemini's endpoint, Ollama)
 * would make an agent believe its turn is over, so what was seen overrules the word.
 */
export function readFinish(word: string, seen: SeenParts): FinishReason {
  const finish = meanings[word.toLowerCase()] ?? 'other'
  if (finish !== 'stop' && finish !== 'other') return finish
  if (seen.toolCalls) return 'tool-calls'
  return seen.refusal ? 'refusal' : finish
}

/** The failure a finish reason stands for; null for all that end a reply properly. */
export function breakdownOf(word: string): FailureClass | null {
  return breakdowns[word.toLowerCase()] ?? null
}

/** One of the five values strict clients accept. */
export function writeFinish(finish: FinishReason, seen: SeenParts): string {
  switch (finish) {
    case 'length':
      return 'length'
    case 'tool-calls':
      return 'tool_calls'
    case 'content-filter':
      return 'content_filter'
    case 'refusal':
      // With the refusal's text in place OpenAI says stop; without it the client must learn of it.
      return seen.refusal ? 'stop' : 'content_filter'
    case 'stop':
    case 'pause':
    case 'other':
      return 'stop'
  }
}
