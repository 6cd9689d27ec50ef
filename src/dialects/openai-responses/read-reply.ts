import { failure } from '../../core/failure.ts'
import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { embeddedError } from '../openai/error-body.ts'
import { classifyReplyError } from './classify-failure.ts'
import { OutputItems } from './output-items.ts'
import { failureIn, finishOf } from './reply-status.ts'
import { readUsage } from './usage.ts'

/** Reads a whole response: the events its stream would have given. */
export function readReply(body: JsonValue): ReplyEvent[] {
  if (!isObject(body)) return [malformed('a body that is no object')]
  const error = embeddedError(body)
  if (!Array.isArray(body['output'])) {
    return [
      error === null
        ? malformed('a body that holds no output')
        : { type: 'reply-error', failure: classifyReplyError(error) },
    ]
  }
  if (body['status'] === 'queued' || body['status'] === 'in_progress') {
    return [malformed('a reply it has not finished')]
  }
  const items = new OutputItems()
  items.complete(body)
  return [readStart(body), ...items.takeEvents(), ...readEnd(body, 'response.completed', items)]
}

export function readStart(response: JsonObject): ReplyEvent {
  const [id, model] = [stringAt(response, 'id'), stringAt(response, 'model')]
  return { type: 'reply-start', id: id || null, model: model || null }
}

/** Usage, then how it ended, from the response object that closes a reply. */
export function readEnd(
  response: JsonObject,
  type: string,
  output: { readonly tools: boolean; readonly refused: boolean },
): ReplyEvent[] {
  const events: ReplyEvent[] = []
  const usage = readUsage(objectAt(response, 'usage') ?? undefined)
  if (usage !== null) events.push({ type: 'usage', usage })
  const status = type.slice('response.'.length)
  const known = status === 'completed' ? response : { ...response, status }
  const problem = failureIn(known)
  events.push(
    problem === null
      ? { type: 'reply-end', finish: finishOf(known, output), stopSequence: null }
      : { type: 'reply-error', failure: problem },
  )
  return events
}

function malformed(what: string): ReplyEvent {
  const message = `The provider answered with ${what}.`
  return { type: 'reply-error', failure: failure('malformed_reply', message) }
}
