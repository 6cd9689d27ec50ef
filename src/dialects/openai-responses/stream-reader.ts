import { failure } from '../../core/failure.ts'
import {
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import type { StreamReader } from '../dialect.ts'
import { embeddedError } from '../openai/error-body.ts'
import { classifyReplyError } from './classify-failure.ts'
import { isTerminal } from './frames.ts'
import { OutputItems } from './output-items.ts'
import { readEnd, readStart } from './read-reply.ts'
import type { TextKind } from './reply-output.ts'

/** Events that bring text: of which kind, in which member, under which index, in part or whole. */
const textEvents: Readonly<Record<string, readonly [TextKind, string, string]>> = {
  'response.output_text.delta': ['text', 'delta', 'content_index'],
  'response.output_text.done': ['text', 'text', 'content_index'],
  'response.refusal.delta': ['refusal', 'delta', 'content_index'],
  'response.refusal.done': ['refusal', 'refusal', 'content_index'],
  'response.reasoning_text.delta': ['reasoning', 'delta', 'content_index'],
  'response.reasoning_text.done': ['reasoning', 'text', 'content_index'],
  'response.reasoning_summary_text.delta': ['summary', 'delta', 'summary_index'],
  'response.reasoning_summary_text.done': ['summary', 'text', 'summary_index'],
  'response.function_call_arguments.delta': ['arguments', 'delta', ''],
  'response.function_call_arguments.done': ['arguments', 'arguments', ''],
  'response.custom_tool_call_input.delta': ['arguments', 'delta', ''],
  'response.custom_tool_call_input.done': ['arguments', 'input', ''],
}

const kindsOfParts: Readonly<Record<string, TextKind>> = {
  output_text: 'text',
  refusal: 'refusal',
  reasoning_text: 'reasoning',
  summary_text: 'summary',
}

/** Reads a streamed response. It ends properly only with its final response object. */
export function streamReader(): StreamReader {
  const items = new OutputItems()
  let started = false
  let ended = false

  const begin = (response: JsonObject): ReplyEvent[] => {
    if (started) return []
    started = true
    return [readStart(response)]
  }
  const finish = (events: ReplyEvent[]): ReplyEvent[] => {
    ended = true
    return events
  }
  const read = (event: JsonObject, type: string): ReplyEvent[] => {
    const response = objectAt(event, 'response') ?? {}
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return begin(response)
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed': {
        const start = begin(response)
        items.complete(response)
        return finish([...start, ...items.takeEvents(), ...readEnd(response, type, items)])
      }
      default: {
        const nameless = !type.startsWith('response.')
        if (type === 'error' || (nameless && embeddedError(event) !== null)) {
          return finish([{ type: 'reply-error', failure: classifyReplyError(event) }])
        }
        takeOutput(items, event, type)
        const events = items.takeEvents()
        return events.length === 0 ? events : [...begin({}), ...events]
      }
    }
  }

  return {
    read(frame) {
      if (ended || frame.data === '' || frame.data === '[DONE]') return []
      const event = parseJson(frame.data)
      if (isObject(event)) return read(event, stringAt(event, 'type') ?? frame.event ?? '')
      const message = 'The provider sent a stream event that is not JSON.'
      return finish([{ type: 'reply-error', failure: failure('malformed_reply', message) }])
    },
    end() {
      if (ended) return []
      items.close()
      const message = 'The provider ended the stream before the reply was complete.'
      const error: ReplyEvent = { type: 'reply-error', failure: failure('truncated', message) }
      return finish([...items.takeEvents(), error])
    },
    isTerminal,
  }
}

function takeOutput(items: OutputItems, event: JsonObject, type: string): void {
  const textEvent = textEvents[type]
  if (textEvent !== undefined) {
    const [kind, member, indexName] = textEvent
    const text = stringAt(event, member)
    if (text === null) return
    const reader = items.readerFor(event, kind)
    const index = numberAt(event, indexName) ?? 0
    if (member === 'delta') reader.delta(kind, index, text)
    else reader.whole(kind, index, text)
    return
  }
  const index = numberAt(event, 'output_index')
  const item = objectAt(event, 'item')
  switch (type) {
    case 'response.output_item.added':
      if (item !== null) items.added(item, index)
      break
    case 'response.output_item.done':
      if (item !== null) items.done(item, index)
      break
    case 'response.content_part.done':
    case 'response.reasoning_summary_part.done':
      takePart(items, event)
      break
    case 'response.output_text.annotation.added': {
      const annotation = event['annotation'] ?? null
      items.readerFor(event, 'text').annotate(numberAt(event, 'content_index') ?? 0, annotation)
    }
  }
}

function takePart(items: OutputItems, event: JsonObject): void {
  const part = objectAt(event, 'part')
  const kind = kindsOfParts[stringAt(part ?? {}, 'type') ?? '']
  if (part === null || kind === undefined) return
  const index = numberAt(event, kind === 'summary' ? 'summary_index' : 'content_index') ?? 0
  items.readerFor(event, kind).partDone(index, part)
}
