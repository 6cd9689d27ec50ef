import type { FilePart, Message, TextPart, ToolResultPart } from '../../core/conversation.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type Notes, objectsOf, refuse, requiredString, warn } from './notes.ts'
import { parseAssistantContent } from './parse-assistant.ts'
import { parseContentBlock, parseTextBlocks } from './parse-blocks.ts'
import { parseToolResult } from './parse-tool-result.ts'

/**
 * The turns of a Messages request. One user turn with tool results and more becomes two messages.
 */
export function parseMessages(notes: Notes, body: JsonObject): Message[] {
  const items = objectsOf(notes, body['messages'], 'messages')
  if (items.length === 0) refuse(notes, 'messages', 'must hold at least one message.')
  return items.flatMap(({ item, path }) => parseMessage(notes, item, path))
}

function parseMessage(notes: Notes, message: JsonObject, path: string): Message[] {
  const role = requiredString(notes, message, 'role', path)
  const contentPath = `${path}.content`
  switch (role) {
    case 'user':
      return parseUserMessage(notes, message['content'], contentPath)
    case 'assistant':
      return parseAssistantMessage(notes, message['content'], contentPath)
    case 'system':
      return parseSystemMessage(notes, message['content'], contentPath)
    default:
      refuse(
        notes,
        `${path}.role`,
        `must be user, assistant or system, not ${JSON.stringify(role)}.`,
      )
      return []
  }
}

function parseAssistantMessage(
  notes: Notes,
  content: JsonValue | undefined,
  path: string,
): Message[] {
  const parts = parseAssistantContent(notes, content, path)
  return parts.length === 0 ? [] : [{ role: 'assistant', content: parts }]
}

/**
 * Results come first: the turn of the model that asked for them must be followed by nothing else.
 */
function parseUserMessage(notes: Notes, content: JsonValue | undefined, path: string): Message[] {
  if (typeof content === 'string') {
    return [{ role: 'user', content: [{ type: 'text', text: content }] }]
  }
  const results: ToolResultPart[] = []
  const parts: (TextPart | FilePart)[] = []
  for (const { item, path: itemPath } of objectsOf(notes, content, path)) {
    if (item['type'] === 'tool_result') results.push(parseToolResult(notes, item, itemPath))
    else parts.push(...parseContentBlock(notes, item, itemPath))
  }
  const messages: Message[] = []
  if (results.length > 0) messages.push({ role: 'tool', content: results })
  if (parts.length > 0) messages.push({ role: 'user', content: parts })
  return messages
}

/**
 * A system message between turns may also change the tools; translated requests offer all of them.
 */
function parseSystemMessage(notes: Notes, content: JsonValue | undefined, path: string): Message[] {
  const blocks = Array.isArray(content) ? content.filter((block) => !isToolChange(block)) : content
  if (Array.isArray(content) && Array.isArray(blocks) && blocks.length < content.length) {
    warn(
      notes,
      'Changes of the offered tools between messages were left out: all tools are offered.',
    )
  }
  const parts = parseTextBlocks(notes, blocks, path)
  return parts.length === 0 ? [] : [{ role: 'system', content: parts, developer: false }]
}

function isToolChange(block: JsonValue): boolean {
  const type = isObject(block) ? block['type'] : null
  return type === 'tool_addition' || type === 'tool_removal'
}
