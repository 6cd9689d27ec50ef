import type { DialectCodec } from '../dialect.ts'
import { buildRequest } from './build-request.ts'
import { classifyFailure } from './classify-failure.ts'
import { endpoints } from './endpoints.ts'
import { inspectReply } from './inspect-reply.ts'
import { parseRequest } from './parse-request.ts'
import { isPlainDelta } from './plain-delta.ts'
import { readReply } from './read-reply.ts'
import { requestContent } from './request-content.ts'
import { requestFacts } from './request-facts.ts'
import { streamReader } from './stream-reader.ts'
import { streamWriter } from './stream-writer.ts'
import { writeError, writeStreamError } from './write-error.ts'
import { writeReply } from './write-reply.ts'

/** Anthropic Messages. */
export const anthropic: DialectCodec = {
  name: 'anthropic',
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
  writeTokenCount: (inputTokens) => ({ input_tokens: inputTokens }),
}
