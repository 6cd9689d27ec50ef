import type { Signature } from '../../core/conversation.ts'
import { customInputOf } from './custom-tools.ts'
import type { DeclaredTool } from './declared-tools.ts'
import { writeSignature } from './stream-reasoning.ts'
import type { StreamWire } from './stream-wire.ts'
import { toolCallItem } from './write-items.ts'

export interface ToolCallWriter {
  delta(input: string): void
  end(signature: Signature | null): void
}

/** Writes one tool call. A custom tool's text is only known when its JSON is whole, so it waits. */
export function toolCallWriter(
  wire: StreamWire,
  callId: string,
  tool: DeclaredTool,
): ToolCallWriter {
  let input = ''
  const call = (id: string, text: string) => ({ id, callId, tool, input: text })
  const item = wire.add(tool.custom ? 'ctc' : 'fc', (id) =>
    toolCallItem(call(id, ''), 'in_progress'),
  )
  const place = { item_id: item.id, output_index: item.index }
  return {
    delta(piece) {
      input += piece
      if (tool.custom) return
      wire.event('response.function_call_arguments.delta', { ...place, delta: piece })
    },
    end(signature) {
      if (tool.custom) {
        const text = customInputOf(input)
        wire.event('response.custom_tool_call_input.delta', { ...place, delta: text })
        wire.event('response.custom_tool_call_input.done', { ...place, input: text })
      } else {
        wire.event('response.function_call_arguments.done', {
          ...place,
          name: tool.name,
          arguments: input,
        })
      }
      // Before the call is done, so that a reader that has the call whole has its signature too.
      if (signature !== null) writeSignature(wire, signature, { kind: 'call', callId })
      wire.finish(item, toolCallItem(call(item.id, input), 'completed'))
    },
  }
}
