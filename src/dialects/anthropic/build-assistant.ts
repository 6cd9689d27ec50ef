import type { AssistantPart, ReasoningPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { cacheMark, textBlock } from './build-content.ts'
import { type Notes, warn } from './notes.ts'
import { toWireId } from './tool-ids.ts'
import { toolInput } from './tool-input.ts'

/** The blocks of one part of a turn the model made, here or at another provider. */
export function buildAssistantPart(notes: Notes, part: AssistantPart): JsonObject[] {
  switch (part.type) {
    case 'text':
      return textBlock(part)
    case 'refusal':
      return textBlock({ type: 'text', text: part.text })
    case 'reasoning':
      return buildReasoning(notes, part)
    case 'tool-call':
      return [
        {
          type: 'tool_use',
          id: toWireId(part.id),
          name: part.name,
          input: toolInput(part.input),
          ...cacheMark(part),
        },
      ]
    case 'file':
      warn(notes, 'Files the model made were left out: Anthropic takes none in its turns.')
      return []
  }
}

/** Anthropic checks that thinking is its own and unchanged; anything else is refused. */
function buildReasoning(notes: Notes, part: ReasoningPart): JsonObject[] {
  if (part.signature?.dialect !== 'anthropic') {
    warn(notes, 'Reasoning of another provider was left out: Anthropic takes only its own.')
    return []
  }
  const { value } = part.signature
  return part.redacted
    ? [{ type: 'redacted_thinking', data: value }]
    : [{ type: 'thinking', thinking: part.text, signature: value }]
}
