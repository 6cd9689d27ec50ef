import type { DialectCodec } from '../dialect.ts'
import { buildRequest } from './build-request.ts'
import { classifyFailure } from './classify-failure.ts'
import { embeddings } from './embeddings.ts'
import { endpoints } from './endpoints.ts'
import { inspectReply } from './inspect-reply.ts'
import { modelEdits } from './model-edits.ts'
import { parseRequest } from './parse-request.ts'
import { readReply } from './read-reply.ts'
import { requestContent } from './request-content.ts'
import { requestFacts } from './request-facts.ts'
import { createStreamReader } from './stream-reader.ts'
import { createStreamWriter } from './stream-writer.ts'
import { writeError, writeStreamError } from './write-error.ts'
import { writeReply } from './write-reply.ts'

/** Google's Gemini: the Gemini API and Vertex, camelCase and snake_case alike. */
export const gemini: DialectCodec = {
  name: 'gemini',
  endpoints,
  requestFacts,
  requestContent,
  parseRequest,
  writeReply,
  streamWriter: createStreamWriter,
  writeError,
  writeStreamError,
  buildRequest,
  readReply,
  streamReader: createStreamReader,
  inspectReply,
  classifyFailure,
  // Each chunk carries the usage so far, which a stream that is cut must not lose.
  isPlainDelta: () => false,
  modelEdits,
  writeTokenCount: (inputTokens) => ({ totalTokens: inputTokens }),
  embeddings,
}
