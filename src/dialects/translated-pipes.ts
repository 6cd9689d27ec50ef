import { collectReply } from '../core/collect-reply.ts'
import { failure } from '../core/failure.ts'
import { type JsonValue, parseJson } from '../core/json.ts'
import type { ReplyEvent } from '../core/reply.ts'
import { concatenate } from './bytes.ts'
import type { DialectCodec, EmbeddingRequest, Frame, ReplyContext } from './dialect.ts'
import { truncated } from './pass-through-stream.ts'
import type { ReplyPipe } from './reply-pipe.ts'
import { ReplyWatch, stateOf } from './reply-watch.ts'
import type { FrameSplitter } from './split-sse.ts'
import {
  createTranslatedStream,
  type TranslatedPiece,
  translateWhole,
  writeEvents,
} from './translate.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A whole reply has to fit in memory to be translated. */
const maxWholeBytes = 64 * 1024 * 1024

/** A pipe that is fed events instead of bytes, for providers reached through an AI SDK package. */
export interface EventPipe extends ReplyPipe {
  take(events: readonly ReplyEvent[], out: Uint8Array[]): void
}

/** Writes events as a stream of the client's dialect. */
export function createEventStream(client: DialectCodec, context: ReplyContext): EventPipe {
  const writer = client.streamWriter(context)
  const watch = new ReplyWatch()
  return {
    take(events, out) {
      if (!isOpen(watch)) return
      watch.see(events)
      give(writeEvents(writer, events), out)
    },
    push: takesEvents,
    end() {
      if (watch.state !== 'ended') watch.fail(truncated())
    },
    ...stateOf(watch),
  }
}

/** Collects events and writes them as one whole reply of the client's dialect. */
export function createEventWhole(client: DialectCodec, context: ReplyContext): EventPipe {
  const watch = new ReplyWatch()
  const collected: ReplyEvent[] = []
  return {
    take(events) {
      collected.push(...events)
    },
    push: takesEvents,
    end(out) {
      const reply = collectReply(collected)
      if ('class' in reply) {
        watch.fail(reply)
        return
      }
      give(JSON.stringify(client.writeReply(reply, context)), out)
      watch.see(collected)
      if (watch.state !== 'ended') watch.fail(truncated())
    },
    ...stateOf(watch),
  }
}

/** A provider's stream read in its dialect and written as a stream in the client's. */
export function createTranslatedPipe(
  provider: DialectCodec,
  client: DialectCodec,
  context: ReplyContext,
  splitter: FrameSplitter,
): ReplyPipe {
  const reader = provider.streamReader('chat')
  const stream = createTranslatedStream(reader, client.streamWriter(context))
  const watch = new ReplyWatch()
  const take = (piece: TranslatedPiece, out: Uint8Array[]) => {
    watch.see(piece.events)
    give(piece.text, out)
  }
  const sinkTo = (out: Uint8Array[]) => (_raw: Uint8Array, frame: Frame | null) => {
    if (frame !== null && isOpen(watch)) take(stream.push(frame), out)
  }
  return {
    push(chunk, out) {
      if (!splitter.push(chunk, sinkTo(out))) {
        watch.fail(failure('malformed_reply', 'The provider sent an event that does not end.'))
      }
    },
    end(out) {
      splitter.end(sinkTo(out))
      if (isOpen(watch)) take(stream.end(), out)
      if (watch.state !== 'ended') watch.fail(truncated())
    },
    ...stateOf(watch),
    finished: () => reader.finished === true,
  }
}

/** Turns a whole body into what the client gets, or an error; see the two makers below. */
type Convert = (body: JsonValue, out: Uint8Array[], watch: ReplyWatch) => void

function createWhole(convert: Convert): ReplyPipe {
  const watch = new ReplyWatch()
  const held: Uint8Array[] = []
  let heldBytes = 0
  return {
    push(chunk) {
      held.push(chunk)
      heldBytes += chunk.length
      if (heldBytes > maxWholeBytes) {
        watch.fail(failure('malformed_reply', 'The reply is too large to be translated.'))
        held.length = 0
      }
    },
    end(out) {
      if (!isOpen(watch)) return
      const body = parseJson(decoder.decode(concatenate(held, heldBytes)))
      if (body !== undefined) convert(body, out, watch)
      else watch.fail(failure('malformed_reply', 'The provider answered with no valid JSON.'))
    },
    ...stateOf(watch),
  }
}

/**
 * A provider's whole reply in the client's dialect: whole, or as a stream when the client asked for one
 * and the provider answered whole all the same.
 */
export function createTranslatedWhole(
  provider: DialectCodec,
  client: DialectCodec,
  context: ReplyContext,
  streaming: boolean,
): ReplyPipe {
  return createWhole((body, out, watch) => {
    const translated = translateWhole(provider, client, body, context)
    if ('class' in translated) {
      watch.fail(translated)
      return
    }
    watch.see(translated.events)
    const text = streaming
      ? writeEvents(client.streamWriter(context), translated.events)
      : JSON.stringify(translated.body)
    give(text, out)
    if (watch.state !== 'ended') watch.fail(truncated())
  })
}

export function createTranslatedEmbedding(
  provider: DialectCodec,
  client: DialectCodec,
  context: ReplyContext,
  request: EmbeddingRequest,
): ReplyPipe {
  return createWhole((body, out, watch) => {
    const reply = provider.embeddings?.readReply(body)
    if (reply === undefined || client.embeddings === undefined) {
      throw new Error(`no embeddings between ${provider.name} and ${client.name}`)
    }
    if (!reply.ok) {
      watch.fail(reply.failure)
      return
    }
    give(JSON.stringify(client.embeddings.writeReply(reply.value, request, context)), out)
    watch.count(reply.value.usage)
    watch.see([{ type: 'reply-end', finish: 'stop', stopSequence: null }])
  })
}

function give(text: string, out: Uint8Array[]): void {
  if (text !== '') out.push(encoder.encode(text))
}

function isOpen(watch: ReplyWatch): boolean {
  return watch.state === 'waiting' || watch.state === 'output'
}

/** Pipes that are fed events get no bytes. */
function takesEvents(): void {}
