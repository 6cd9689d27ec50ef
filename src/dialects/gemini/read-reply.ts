import { failure } from '../../core/failure.ts'
import type { JsonValue } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { createChunkReader } from './chunk-reader.ts'

/**
 * Reads a whole reply: one object, or the array of chunks that `streamGenerateContent` answers with
 * where it is not asked for SSE. A missing finish reason is forgiven where there is output.
 */
export function readReply(body: JsonValue): ReplyEvent[] {
  const chunks = createChunkReader()
  const events = (Array.isArray(body) ? body : [body]).flatMap((chunk) => chunks.read(chunk))
  if (chunks.failed) return events
  if (!chunks.sawFinish && !chunks.sawOutput) {
    return [{ type: 'reply-error', failure: noReply() }]
  }
  return [...events, ...chunks.finish('stop')]
}

export function noReply() {
  return failure(
    'malformed_reply',
    'The provider answered with no candidates: neither a reply nor an error.',
    { upstreamStatus: 200 },
  )
}
