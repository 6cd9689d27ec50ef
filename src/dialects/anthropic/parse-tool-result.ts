import type { FilePart, TextPart, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { type Notes, objectsOf, optionalBoolean, requiredString } from './notes.ts'
import { cacheOf, parseContentBlock } from './parse-blocks.ts'
import { fromWireId } from './tool-ids.ts'

/** What a tool gave back: a string, blocks, or nothing. */
export function parseToolResult(notes: Notes, block: JsonObject, path: string): ToolResultPart {
  return {
    type: 'tool-result',
    callId: fromWireId(requiredString(notes, block, 'tool_use_id', path)),
    name: '',
    content: parseResultContent(notes, block['content'], `${path}.content`),
    isError: optionalBoolean(notes, block, 'is_error', path) ?? false,
    ...cacheOf(block),
  }
}

function parseResultContent(
  notes: Notes,
  content: JsonValue | undefined,
  path: string,
): (TextPart | FilePart)[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return objectsOf(notes, content, path).flatMap((found) =>
    parseContentBlock(notes, found.item, found.path),
  )
}
