import { failure } from '../../core/failure.ts'
import type { JsonValue } from '../../core/json.ts'
import { arrayAt, isObject } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { classifyEmbedded } from './classify-failure.ts'
import { readErrorBody } from './error-body.ts'
import { ReplyReading } from './reply-reading.ts'

/** Reads a whole reply, leniently; a body that is no reply at all yields one `reply-error`. */
export function readReply(body: JsonValue): ReplyEvent[] {
  const reading = new ReplyReading(true)
  if (!isObject(body)) return [noReply(body)]
  const events = reading.chunk(body)
  if (reading.done) return events.filter((event) => event.type === 'reply-error')
  return reading.begun ? [...events, ...reading.end()] : [noReply(body)]
}

function noReply(body: JsonValue): ReplyEvent {
  if (arrayAt(body, 'choices').length === 0 && readErrorBody(body).message !== null) {
    return { type: 'reply-error', failure: classifyEmbedded(body) }
  }
  const message = 'The provider answered with something that is no chat completion.'
  return { type: 'reply-error', failure: failure('malformed_reply', message) }
}
