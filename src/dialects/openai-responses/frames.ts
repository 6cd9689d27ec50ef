import { parseJson, stringAt } from '../../core/json.ts'
import type { Frame } from '../dialect.ts'

const plainDeltas: ReadonlySet<string> = new Set([
  'response.output_text.delta',
  'response.function_call_arguments.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
])

const ends: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
])

/** OpenRouter sends no `event:` line; then the type stands first in the data. */
const typeAtStart = /^\s*\{\s*"type"\s*:\s*"([^"\\]*)"/

/** An event that is closed and holds no bare control character: a broken one must be noticed. */
const sound = /^\{[^\p{Cc}]*(?:[^\\]"|\[\]|"(?:\w+_index|sequence_number)"\s*:\s*\d+)\s*\}\s*$/u

export function isPlainDelta({ event, data }: Frame): boolean {
  return plainDeltas.has(event ?? typeAtStart.exec(data)?.[1] ?? '') && sound.test(data)
}

/** `error` is not among them: `response.failed` follows it. */
export function isTerminal(frame: Frame): boolean {
  if (frame.data === '[DONE]') return true
  // `message` is what SSE calls an event without a name.
  const named = frame.event !== null && frame.event !== 'message'
  return ends.has(named ? frame.event : typeOf(frame.data))
}

function typeOf(data: string): string {
  return typeAtStart.exec(data)?.[1] ?? stringAt(parseJson(data), 'type') ?? ''
}
