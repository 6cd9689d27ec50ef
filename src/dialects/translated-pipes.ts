import { collectReply } from '../core/collect-reply.ts'
import { failure } from '../core/failure.ts'
import { type JsonObject, parseJson } from '../core/json.ts'
import type { ReplyEvent, Usage } from '../core/reply.ts'
import { concatenate } from './bytes.ts'
import type { DialectCodec, EmbeddingRequest, ReplyContext } from './dialect.ts'
import { truncated } from './pass-through-stream.ts'
import type { ReplyPipe } from './reply-pipe.ts'
import { ReplyWatch } from './reply-watch.ts'
import type { FrameSplitter } from './split-sse.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A whole reply has to fit in memory to be translated. */
const maxWholeBytes = 64 * 1024 * 1024

/** A pipe that is fed events instead of bytes, for providers reached through an AI SDK package. */
export interface EventPipe extends ReplyPipe {
  take(events: readonly ReplyEvent[], out: Uint8Array[]): void
}

/** Writes events as a stream of the client's dialect. `push` takes no bytes: see `createTranslatedStream`. */
export function createEventStream(client: DialectCodec, context: ReplyContext): EventPipe {
  const writer = client.streamWriter(context)
  const watch = new ReplyWatch()
  return {
    take(events, out) {
      if (watch.state === 'ended' || watch.state === 'failed') return
      watch.see(events)
      let text = ''
      for (const event of events) if (event.type !== 'reply-error') text += writer.write(event)
      if (text !== '') out.push(encoder.encode(text))
    },
    push() {},
    end() {
      if (watch.state !== 'ended') watch.fail(truncated())
    },
    get state() {
      return watch.state
    },
    get failure() {
      return watch.failure
    },
    failureShown: false,
    finished: false,
    tally: () => watch.tally(),
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
    push() {},
    end(out) {
      const reply = collectReply(collected)
      if ('class' in reply) {
        watch.fail(reply)
        return
      }
      out.push(encoder.encode(JSON.stringify(client.writeReply(reply, context))))
      watch.see(collected)
      if (watch.state !== 'ended')
        watch.see([{ type: 'reply-end', finish: reply.finish, stopSequence: null }])
    },
    get state() {
      return watch.state
    },
    get failure() {
      return watch.failure
    },
    failureShown: false,
    finished: false,
    tally: () => watch.tally(),
  }
}

/** A provider's stream read in its dialect and written as a stream in the client's. */
export function createTranslatedStream(
  provider: DialectCodec,
  client: DialectCodec,
  context: ReplyContext,
  splitter: FrameSplitter,
): ReplyPipe {
  const reader = provider.streamReader('chat')
  const events = createEventStream(client, context)
  let tooLarge = false
  return {
    ...events,
    push(chunk, out) {
      const fits = splitter.push(chunk, (_, frame) => {
        if (frame !== null) events.take(reader.read(frame), out)
      })
      if (!fits) tooLarge = true
    },
    end(out) {
      splitter.end((_, frame) => {
        if (frame !== null) events.take(reader.read(frame), out)
      })
      events.take(reader.end(), out)
      events.end(out)
    },
    get state() {
      return tooLarge ? 'failed' : events.state
    },
    get failure() {
      return tooLarge
        ? failure('malformed_reply', 'The provider sent an event that does not end.')
        : events.failure
    },
    get finished() {
      return reader.finished === true
    },
  }
}

/** Turns a whole body into what the client gets, or an error; see the two makers below. */
type Convert = (body: Uint8Array, out: Uint8Array[], watch: ReplyWatch) => void

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
      if (watch.state === 'waiting') convert(concatenate(held, heldBytes), out, watch)
    },
    get state() {
      return watch.state
    },
    get failure() {
      return watch.failure
    },
    failureShown: false,
    finished: false,
    tally: () => watch.tally(),
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
  return createWhole((bytes, out, watch) => {
    const body = parseJson(decoder.decode(bytes))
    if (body === undefined) {
      watch.fail(failure('malformed_reply', 'The provider answered with a body that is not JSON.'))
      return
    }
    const events = provider.readReply(body)
    const pipe = streaming ? createEventStream(client, context) : createEventWhole(client, context)
    pipe.take(events, out)
    pipe.end(out)
    watch.see(events)
    if (pipe.failure !== null) watch.fail(pipe.failure)
  })
}

export function createTranslatedEmbedding(
  provider: DialectCodec,
  client: DialectCodec,
  context: ReplyContext,
  request: EmbeddingRequest,
): ReplyPipe {
  return createWhole((bytes, out, watch) => {
    const body = parseJson(decoder.decode(bytes))
    const reply = body === undefined ? undefined : provider.embeddings?.readReply(body)
    if (reply === undefined || client.embeddings === undefined) {
      watch.fail(failure('malformed_reply', 'The provider answered with a body that is not JSON.'))
      return
    }
    if (!reply.ok) {
      watch.fail(reply.failure)
      return
    }
    const written: JsonObject = client.embeddings.writeReply(reply.value, request, context)
    out.push(encoder.encode(JSON.stringify(written)))
    watch.count(reply.value.usage satisfies Usage | null)
    watch.see([{ type: 'reply-end', finish: 'stop', stopSequence: null }])
  })
}
