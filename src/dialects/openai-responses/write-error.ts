import type { Failure } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { writeError } from '../openai/write-error.ts'
import { sseEvent } from '../sse.ts'

export { writeError }

/**
 * Wire text of an error in a stream that has begun: the two events OpenAI sends. SDKs throw at the
 * first, Codex knows only the second. `response` is what is known of the reply.
 */
export function errorEvents(
  error: Failure,
  response: JsonObject,
  nextSequence: () => number,
): string {
  const { message, param } = error
  const event = {
    type: 'error',
    sequence_number: nextSequence(),
    // Documented at the top, sent by OpenAI under `error`: there are clients of either.
    code: error.class,
    message,
    param,
    ...writeError(error),
  }
  const failed = {
    type: 'response.failed',
    sequence_number: nextSequence(),
    response: { ...response, status: 'failed', error: { code: error.class, message } },
  }
  return (
    sseEvent('error', JSON.stringify(event)) + sseEvent('response.failed', JSON.stringify(failed))
  )
}

/** For a stream whose own events are not known here: their numbering starts anew. */
export function writeStreamError(error: Failure, requestId: string): string {
  let sequence = 0
  const response = {
    id: requestId,
    object: 'response',
    incomplete_details: null,
    output: [],
    usage: null,
  }
  return errorEvents(error, response, () => sequence++)
}
