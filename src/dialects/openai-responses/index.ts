import type { DialectCodec } from '../dialect.ts'
import { buildRequest } from './build-request.ts'
import { classifyFailure } from './classify-failure.ts'
import { endpoints } from './endpoints.ts'
import { isPlainDelta } from './frames.ts'
import { inspectReply } from './inspect-reply.ts'
import { parseRequest } from './parse-request.ts'
import { readReply } from './read-reply.ts'
import { requestContent } from './request-content.ts'
import { requestFacts } from './request-facts.ts'
import { streamReader } from './stream-reader.ts'
import { streamWriter } from './stream-writer.ts'
import { writeError, writeStreamError } from './write-error.ts'
import { writeReply } from './write-reply.ts'
import { writeTokenCount } from './write-token-count.ts'

/** OpenAI's Responses API, and the providers that speak it. */
export const openaiResponses: DialectCodec = {
  name: 'openai-responses',
  endpoints,
  requestFacts,
  requestContent,
  parseRequest,
  writeReply,
  streamWriter,
  writeError,
  writeStreamError,
  buildRequest,
  readReply,
  streamReader,
  inspectReply,
  classifyFailure,
  isPlainDelta,
  writeTokenCount,
}
