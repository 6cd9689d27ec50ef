import { failure } from '../../core/failure.ts'
import { parseJson } from '../../core/json.ts'
import type { StreamReader } from '../dialect.ts'
import { createChunkReader } from './chunk-reader.ts'

/**
 * Reads a streamed reply. Gemini sends no end mark: the stream is complete when its bytes end after
 * a finish reason, and cut off without one. Usage comes with each chunk, and may come after the
 * finish reason, so no chunk is known to be the last.
 */
export function createStreamReader(): StreamReader {
  const chunks = createChunkReader()
  let ended = false

  return {
    read(frame) {
      // Gemini sends no `[DONE]`; gateways that speak its dialect do.
      if (ended || chunks.failed || frame.data.trim() === '[DONE]') return []
      const chunk = parseJson(frame.data)
      if (chunk === undefined) {
        ended = true
        const message = 'The provider sent a stream event that is not JSON.'
        return [{ type: 'reply-error', failure: failure('malformed_reply', message) }]
      }
      return chunks.read(chunk)
    },
    end() {
      if (ended || chunks.failed) return []
      ended = true
      return chunks.finish(null)
    },
    isTerminal: () => false,
    get finished() {
      return chunks.sawFinish
    },
  }
}
