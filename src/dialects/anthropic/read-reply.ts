import { isObject, type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { failureIn, notAReply } from './failure-in-body.ts'
import { blockReader, describeBlock } from './read-block.ts'
import { readStopReason } from './stop-reason.ts'
import { readUsage } from './usage.ts'

/** Reads a whole message leniently; a body that is none yields one `reply-error`. */
export function readReply(body: JsonValue): ReplyEvent[] {
  const failure = failureIn(body)
  if (failure !== null) return [{ type: 'reply-error', failure }]
  if (!isObject(body) || body['content'] === undefined) {
    return [{ type: 'reply-error', failure: notAReply() }]
  }
  const usage = readUsage(body['usage'])
  return [
    { type: 'reply-start', id: stringAt(body, 'id'), model: stringAt(body, 'model') },
    ...contentEvents(body['content']),
    ...(usage === null ? [] : [{ type: 'usage', usage } as const]),
    {
      type: 'reply-end',
      finish: readStopReason(stringAt(body, 'stop_reason')),
      stopSequence: stringAt(body, 'stop_sequence'),
    },
  ]
}

function contentEvents(content: JsonValue): ReplyEvent[] {
  let block = 0
  return blocksOf(content).flatMap((wire): ReplyEvent[] => {
    const reader = blockReader(wire, block)
    if (reader === null) return [{ type: 'untranslated', what: describeBlock(wire) }]
    block += 1
    return [...reader.start(), ...reader.stop()]
  })
}

function blocksOf(content: JsonValue): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.filter(isObject) : []
}
