import type { Message, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { NamelessCalls, parseAssistant } from './parse-assistant.ts'
import { cacheMark, parseContent, parseTextContent } from './parse-content.ts'
import type { StrictReading } from './strict-reading.ts'

/** The conversation so far. Results of tools that follow one another become one message. */
export function parseMessages(body: JsonObject, reading: StrictReading): Message[] {
  const entries = reading.objects(body, 'messages', 'messages')
  if (entries.length === 0) {
    reading.wrong('messages', '`messages` must be an array with at least one message.')
  }
  const nameless = new NamelessCalls()
  const messages: Message[] = []
  for (const [entry, path] of entries) {
    warnOfName(entry, reading)
    const message = parseMessage(entry, path, nameless, reading)
    const last = messages.at(-1)
    if (message?.role === 'tool' && last?.role === 'tool') {
      messages[messages.length - 1] = {
        role: 'tool',
        content: [...last.content, ...message.content],
      }
    } else if (message !== null) {
      messages.push(message)
    }
  }
  return messages
}

function parseMessage(
  entry: JsonObject,
  path: string,
  nameless: NamelessCalls,
  reading: StrictReading,
): Message | null {
  const content = `${path}.content`
  switch (entry['role']) {
    case 'system':
    case 'developer':
      return {
        role: 'system',
        content: marked(parseTextContent(entry['content'], content, reading), entry),
        developer: entry['role'] === 'developer',
      }
    case 'user':
      return {
        role: 'user',
        content: marked(parseContent(entry['content'], content, reading), entry),
      }
    case 'assistant':
      return { role: 'assistant', content: parseAssistant(entry, path, nameless, reading) }
    case 'tool':
      if (entry['tool_call_id'] === '') return result(entry, path, nameless.answered(null), reading)
      return result(
        entry,
        path,
        reading.name(entry, 'tool_call_id', `${path}.tool_call_id`),
        reading,
      )
    case 'function': {
      const name = reading.name(entry, 'name', `${path}.name`)
      return result(entry, path, nameless.answered(name), reading)
    }
    default: {
      const known = '"system", "developer", "user", "assistant" or "tool"'
      reading.wrong(`${path}.role`, `\`${path}.role\` must be ${known}.`)
      return null
    }
  }
}

function result(
  entry: JsonObject,
  path: string,
  callId: string,
  reading: StrictReading,
): Message & { role: 'tool' } {
  const part: ToolResultPart = {
    type: 'tool-result',
    callId,
    name: reading.text(entry, 'name', `${path}.name`) ?? '',
    content: parseContent(entry['content'], `${path}.content`, reading),
    isError: false,
    ...cacheMark(entry),
  }
  return { role: 'tool', content: [part] }
}

/** A cache mark on the whole message stands behind its last part. */
function marked<T extends object>(parts: T[], entry: JsonObject): T[] {
  const mark = cacheMark(entry)
  return parts.map((part, index) => (index === parts.length - 1 ? { ...part, ...mark } : part))
}

function warnOfName(entry: JsonObject, reading: StrictReading): void {
  const speaker = entry['role'] !== 'tool' && entry['role'] !== 'function'
  if (speaker && typeof entry['name'] === 'string') {
    reading.leftOut('The `name` of a message has no place in the other dialect and was left out.')
  }
}
