import type { FinishReason } from '../../core/reply.ts'

const finishes = new Map<string | null, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
])

/** Why a reply ended, from Anthropic's `stop_reason`; `other` for reasons not known yet. */
export function readStopReason(stopReason: string | null): FinishReason {
  return finishes.get(stopReason) ?? 'other'
}

/** What a reply holds that its finish reason may be silent about. */
export interface ReplyContents {
  readonly toolCalls: boolean
  readonly refusal: boolean
}

/**
 * Anthropic's word for the end of a reply. Clients run tools only on `tool_use`, while some
 * providers say "stop" after tool calls and nearly all do after a refusal: there the contents
 * decide.
 */
export function writeStopReason(
  finish: FinishReason,
  stopSequence: string | null,
  contents: ReplyContents,
): string {
  switch (finish) {
    case 'length':
      return 'max_tokens'
    case 'tool-calls':
      return 'tool_use'
    case 'refusal':
    case 'content-filter':
      return 'refusal'
    case 'pause':
      return 'pause_turn'
    default:
      if (contents.refusal) return 'refusal'
      if (contents.toolCalls) return 'tool_use'
      return stopSequence === null ? 'end_turn' : 'stop_sequence'
  }
}
