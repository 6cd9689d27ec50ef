import type { Request } from '../core/request.ts'
import type { DialectCodec, ReplyContext } from '../dialects/dialect.ts'
import { createJsonArraySplitter } from '../dialects/json-array.ts'
import { createPassThroughStream } from '../dialects/pass-through-stream.ts'
import { createPassThroughWhole } from '../dialects/pass-through-whole.ts'
import type { ReplyPipe } from '../dialects/reply-pipe.ts'
import { createSseSplitter } from '../dialects/split-sse.ts'
import {
  createTranslatedEmbedding,
  createTranslatedPipe,
  createTranslatedWhole,
} from '../dialects/translated-pipes.ts'
import { codecs } from './codecs.ts'
import type { Prepared } from './prepare-call.ts'

type HttpCall = Extract<Prepared, { kind: 'http' }>

/** The pipe that fits what was asked and what the provider says it answers with. */
export function openPipe(
  prepared: HttpCall,
  request: Request,
  context: ReplyContext,
  contentType: string,
): ReplyPipe {
  const { codec } = prepared
  const { operation, dialect } = request.endpoint
  const framing = request.streaming === null ? null : framingOf(contentType, request, prepared)
  if (!prepared.translated) {
    if (framing === null) {
      return createPassThroughWhole({ codec, operation, json: isJson(operation, contentType) })
    }
    return createPassThroughStream({
      codec,
      operation,
      splitter: framing === 'sse' ? createSseSplitter() : createJsonArraySplitter(),
      hideUsageChunk: prepared.hideUsageChunk,
    })
  }
  const client: DialectCodec = codecs[dialect]
  if (operation === 'embedding') return translatedEmbedding(codec, client, context)
  return framing === null
    ? createTranslatedWhole(codec, client, context, request.streaming !== null)
    : createTranslatedPipe(codec, client, context, createSseSplitter())
}

function translatedEmbedding(provider: DialectCodec, client: DialectCodec, context: ReplyContext) {
  const parsed = client.embeddings?.parseRequest(context.requestBody)
  if (parsed?.ok !== true) throw new Error('an embedding request that was translated parses')
  return createTranslatedEmbedding(provider, client, context, parsed.value.value)
}

/**
 * How the body is framed. A provider that answers a request for a stream with plain JSON or a web page
 * has answered whole, mostly with an error; any other type is trusted to be the stream asked for.
 */
function framingOf(contentType: string, request: Request, prepared: HttpCall) {
  const type = contentType.toLowerCase()
  if (request.streaming === 'json-array' && !prepared.translated) {
    return type.startsWith('text/html') ? null : 'json-array'
  }
  return /^(application\/json|text\/html)/.test(type) ? null : 'sse'
}

/** Speech, transcripts and images may be anything; every other operation answers in JSON. */
function isJson(operation: string, contentType: string): boolean {
  if (operation !== 'audio' && operation !== 'image') return true
  return /^application\/json/i.test(contentType)
}
