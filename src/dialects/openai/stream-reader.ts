import { type Failure, failure } from '../../core/failure.ts'
import { isObject, parseJson } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import type { Operation } from '../../core/request.ts'
import type { Frame, StreamReader } from '../dialect.ts'
import { ReplyReading } from './reply-reading.ts'
import { chunkOfTypedEvent } from './typed-events.ts'

/**
 * A streamed reply from a provider. The end is `[DONE]`, or a finish reason before the last byte.
 */
export function streamReader(operation: Operation): StreamReader {
  const reading = new ReplyReading(false)

  const read = (frame: Frame): ReplyEvent[] => {
    if (reading.done || frame.data.trim() === '') return []
    if (isTerminal(frame)) return reading.begun ? reading.end() : broken(noReply)
    const body = parseJson(frame.data)
    if (frame.event === 'error') return reading.fail(body ?? frame.data)
    if (body === undefined) return broken(notJson)
    if (Array.isArray(body)) return reading.fail(body)
    if (!isObject(body)) return []
    if (body['type'] === 'error') return reading.fail(body)
    return reading.chunk((operation === 'chat' ? null : chunkOfTypedEvent(body)) ?? body)
  }

  const broken = (how: Failure): ReplyEvent[] => {
    reading.done = true
    return [{ type: 'reply-error', failure: how }]
  }

  const end = (): ReplyEvent[] => {
    if (reading.done) return []
    return reading.finished ? reading.end() : broken(truncated)
  }

  return {
    read,
    end,
    isTerminal,
    get finished() {
      return reading.finished
    },
  }
}

const noReply = failure('malformed_reply', 'The provider sent a stream without a reply.')
const notJson = failure('malformed_reply', 'The provider sent an event that is not JSON.')
const truncated = failure(
  'truncated',
  'The provider ended the stream before the reply was complete.',
)

function isTerminal(frame: Frame): boolean {
  return frame.data === '[DONE]' || frame.data.trim() === '[DONE]'
}
