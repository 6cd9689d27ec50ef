import type { Request } from '../core/request.ts'
import { createKeptPipe } from '../dialects/continuation/kept-pipe.ts'
import type { DialectCodec, ReplyContext } from '../dialects/dialect.ts'
import { createJsonArraySplitter } from '../dialects/json-array.ts'
import { createPassThroughStream } from '../dialects/pass-through-stream.ts'
import { createPassThroughWhole } from '../dialects/pass-through-whole.ts'
import type { ReplyPipe } from '../dialects/reply-pipe.ts'
import { createSniffedPipe } from '../dialects/sniffed-pipe.ts'
import { createSseSplitter, type FrameSplitter } from '../dialects/split-sse.ts'
import {
  createTranslatedEmbedding,
  createTranslatedPipe,
  createTranslatedWhole,
} from '../dialects/translated-pipes.ts'
import { codecs } from './codecs.ts'
import type { Prepared } from './prepare-call.ts'

export type HttpCall = Extract<Prepared, { kind: 'http' }>

/** Makes the pipe for a reply, once its headers are there. */
export type OpenPipe = (
  prepared: HttpCall,
  request: Request,
  context: ReplyContext,
  contentType: string,
) => ReplyPipe

/** The pipe that fits what was asked and what the provider says it answers with. */
export const openPipe: OpenPipe = (prepared, request, context, contentType) =>
  fittingPipe(prepared, request, context, contentType, false)

/** The same for a stream that another target may continue where it breaks off. */
export const openKeptPipe: OpenPipe = (prepared, request, context, contentType) => {
  const { codec } = prepared
  const pipe = fittingPipe(prepared, request, context, contentType, true)
  if (request.streaming !== 'sse' && !prepared.translated) return pipe
  return createKeptPipe(pipe, {
    splitter: createSseSplitter,
    reader: () => codec.streamReader(request.endpoint.operation),
  })
}

function fittingPipe(
  prepared: HttpCall,
  request: Request,
  context: ReplyContext,
  contentType: string,
  hideFailure: boolean,
): ReplyPipe {
  const { codec } = prepared
  const { operation, dialect } = request.endpoint
  const client: DialectCodec = codecs[dialect]
  const streaming = request.streaming !== null
  if (prepared.translated && operation === 'embedding') {
    return translatedEmbedding(codec, client, context)
  }
  const whole = () =>
    prepared.translated
      ? createTranslatedWhole(codec, client, context, streaming)
      : createPassThroughWhole({ codec, operation, json: isJson(operation, contentType) })
  const stream = (splitter: FrameSplitter) =>
    prepared.translated
      ? createTranslatedPipe(codec, client, context, splitter)
      : createPassThroughStream({
          codec,
          operation,
          splitter,
          hideUsageChunk: prepared.hideUsageChunk,
          hideFailure,
        })
  if (!streaming || isPage(contentType)) return whole()
  if (request.streaming === 'json-array' && !prepared.translated) {
    return stream(createJsonArraySplitter())
  }
  return createSniffedPipe(whole, () => stream(createSseSplitter()))
}

function translatedEmbedding(provider: DialectCodec, client: DialectCodec, context: ReplyContext) {
  const parsed = client.embeddings?.parseRequest(context.requestBody)
  if (parsed?.ok !== true) throw new Error('an embedding request that was translated parses')
  return createTranslatedEmbedding(provider, client, context, parsed.value.value)
}

/** A web page is no reply of any kind. */
function isPage(contentType: string): boolean {
  return contentType.toLowerCase().startsWith('text/html')
}

/** Speech, transcripts and images may be anything; every other operation answers in JSON. */
function isJson(operation: string, contentType: string): boolean {
  if (operation !== 'audio' && operation !== 'image') return true
  return /^application\/json/i.test(contentType)
}
