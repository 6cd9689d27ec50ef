import { collectReply } from '../core/collect-reply.ts'
import type { Translated } from '../core/conversation.ts'
import { type Failure, failed, failure, type Outcome, ok } from '../core/failure.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { ReplyEvent } from '../core/reply.ts'
import type {
  BuildContext,
  BuiltRequest,
  DialectCodec,
  Frame,
  ReplyContext,
  StreamReader,
  StreamWriter,
} from './dialect.ts'

/**
 * A chat request of the dialect `from` as a request of the dialect `to`. Warnings of both sides,
 * each once: what the client's dialect cannot say canonically and what the provider's cannot at all.
 */
export function translateRequest(
  from: DialectCodec,
  to: DialectCodec,
  body: JsonObject,
  context: BuildContext,
): Outcome<Translated<BuiltRequest>> {
  const parsed = from.parseRequest(body)
  if (!parsed.ok) return parsed
  const built = to.buildRequest(parsed.value.value, context)
  if (!built.ok) return built
  const warnings = [...new Set([...parsed.value.warnings, ...built.value.warnings])]
  return ok({ value: built.value.value, warnings })
}

/** The same for a request for embeddings. */
export function translateEmbeddingRequest(
  from: DialectCodec,
  to: DialectCodec,
  body: JsonObject,
  context: BuildContext,
): Outcome<Translated<BuiltRequest>> {
  if (from.embeddings === undefined || to.embeddings === undefined) {
    return failed(failure('invalid_request', `${to.name} has no embeddings.`))
  }
  const parsed = from.embeddings.parseRequest(body)
  if (!parsed.ok) return parsed
  const built = to.embeddings.buildRequest(parsed.value.value, context)
  if (!built.ok) return built
  return ok({
    value: built.value.value,
    warnings: [...parsed.value.warnings, ...built.value.warnings],
  })
}

export interface TranslatedStream {
  /** What one frame of the provider becomes: wire text for the client, and the events between. */
  push(frame: Frame): TranslatedPiece
  /** The provider's frames ended. */
  end(): TranslatedPiece
}

export interface TranslatedPiece {
  readonly text: string
  readonly events: readonly ReplyEvent[]
}

/**
 * Joins a provider's stream to a client's. A `reply-error` is handed over among the events but not
 * written: whether the client sees it or another attempt takes over is the caller's decision
 * (`writeStreamError`).
 */
export function createTranslatedStream(
  reader: StreamReader,
  writer: StreamWriter,
): TranslatedStream {
  const write = (events: readonly ReplyEvent[]): TranslatedPiece => ({
    text: writeEvents(writer, events),
    events,
  })
  return {
    push: (frame) => write(reader.read(frame)),
    end: () => write(reader.end()),
  }
}

/** Wire text of events, all but errors: what becomes of those is the caller's decision. */
export function writeEvents(writer: StreamWriter, events: readonly ReplyEvent[]): string {
  let text = ''
  for (const event of events) if (event.type !== 'reply-error') text += writer.write(event)
  return text
}

export interface TranslatedReply {
  readonly body: JsonObject
  readonly events: readonly ReplyEvent[]
}

/** A whole reply of the dialect `from` as one of the dialect `to`, or why it is none. */
export function translateWhole(
  from: DialectCodec,
  to: DialectCodec,
  body: JsonValue,
  context: ReplyContext,
): TranslatedReply | Failure {
  const events = from.readReply(body)
  const reply = collectReply(events)
  return 'class' in reply ? reply : { body: to.writeReply(reply, context), events }
}
