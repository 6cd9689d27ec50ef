import type { FilePart, Message, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { buildAssistant } from './build-assistant.ts'
import { buildUserContent, joinTexts } from './build-content.ts'
import type { Building } from './building.ts'

export function buildMessages(messages: readonly Message[], building: Building): JsonObject[] {
  return messages.flatMap((message) => buildMessage(message, building))
}

function buildMessage(message: Message, building: Building): JsonObject[] {
  switch (message.role) {
    case 'system': {
      const developer = message.developer && building.quirks.noDeveloperRole !== true
      const content = joinTexts(message.content, '\n\n')
      return [{ role: developer ? 'developer' : 'system', content }]
    }
    case 'user':
      return [{ role: 'user', content: buildUserContent(message.content, building) }]
    case 'assistant':
      return [buildAssistant(message.content, building)]
    case 'tool':
      return buildResults(message.content, building)
  }
}

/** Results hold text only, and must follow their calls at once: files come after all of them. */
function buildResults(results: readonly ToolResultPart[], building: Building): JsonObject[] {
  const files: (FilePart | { type: 'text'; text: string })[] = []
  const messages = results.map((result) => {
    const attached = result.content.filter((part) => part.type === 'file')
    if (attached.length > 0) {
      files.push({ type: 'text', text: `Returned by tool call ${result.callId}:` }, ...attached)
    }
    return {
      role: 'tool',
      tool_call_id: building.callId(result.callId),
      content: resultText(result, attached.length > 0),
    }
  })
  if (files.length === 0) return messages
  return [...messages, { role: 'user', content: buildUserContent(files, building) }]
}

/** There is no mark for a failed call, so one without words is given some. */
function resultText(result: ToolResultPart, hasFiles: boolean): string {
  const text = joinTexts(result.content, '\n')
  if (text !== '') return text
  if (hasFiles) return 'The result is in the next message.'
  return result.isError ? 'The tool call failed.' : ''
}
