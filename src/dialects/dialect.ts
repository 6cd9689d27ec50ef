import type { Conversation, Translated } from '../core/conversation.ts'
import type { Failure, Outcome } from '../core/failure.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { Reply, ReplyEvent, Usage } from '../core/reply.ts'
import type { Dialect, Endpoint, Operation } from '../core/request.ts'
import type { RequestContent } from './request-content.ts'
import type { Span } from './scan-json.ts'
import type { Edit } from './splice.ts'

/** One event of a framed stream: an SSE event, or an element of a JSON array. */
export interface Frame {
  /** SSE `event:` field; null where there is none. */
  readonly event: string | null
  /** The `data:` lines joined by LF (SSE), or the JSON text of the element. */
  readonly data: string
}

/** A streamed reply from a provider, event by event. Lenient: what it cannot read it leaves out. */
export interface StreamReader {
  /** Events of one frame. A frame that is not JSON yields a `reply-error` of class malformed_reply. */
  read(frame: Frame): ReplyEvent[]
  /**
   * The bytes ended. Closes open blocks; yields `reply-end` if the dialect allows the end to be
   * implied by what was read (a finish reason without `[DONE]`), else a `reply-error` of class
   * truncated. Yields nothing when `reply-end` or `reply-error` has been given already.
   */
  end(): ReplyEvent[]
  /** True for the frame after which the dialect sends nothing more (`[DONE]`, `message_stop`). */
  isTerminal(frame: Frame): boolean
  /** A finish reason has been read: only usage and the formal end are outstanding. */
  readonly finished?: boolean
}

/** Writes a streamed reply for a client: text in wire form, each piece a whole number of events. */
export interface StreamWriter {
  /** Wire text of one event; empty when it has no form of its own. `usage` comes before `reply-end`. */
  write(event: ReplyEvent): string
}

/** What a writer needs to know about the request it answers. */
export interface ReplyContext {
  /** Id to give the reply when the provider sent none: `wb_…`. */
  readonly id: string
  /** The model name to show: as the client asked. */
  readonly model: string
  /** Seconds since the epoch, for `created` fields. */
  readonly createdS: number
  /** Chat Completions: the client asked for `stream_options.include_usage`. */
  readonly includeUsage: boolean
  /** How a stream is framed for this client. */
  readonly framing: 'sse' | 'json-array'
  /** The parsed body the client sent: Responses echoes parts of it. */
  readonly requestBody: JsonObject
}

/** A request in a provider's dialect, from a conversation. */
export interface BuiltRequest {
  readonly endpoint: Endpoint
  readonly body: JsonObject
  /** Headers the dialect asks for beyond credentials (`anthropic-version`). Lower case. */
  readonly headers: Readonly<Record<string, string>>
}

export interface BuildContext {
  readonly model: string
  readonly streaming: boolean
  /** Quirks of the provider that change the wire form; see `providers/`. */
  readonly quirks: Quirks
}

/** Known departures of a provider from the dialect it speaks. All optional: absent means "as specified". */
export interface Quirks {
  /** Name of the field for the output limit in Chat Completions. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** Refuses `stream_options`; usage comes unasked or not at all. */
  readonly noStreamOptions?: boolean
  /** `system` instead of `developer` messages. */
  readonly noDeveloperRole?: boolean
  /** Knows no `json_schema` response format; the schema is asked for in words. */
  readonly noJsonSchema?: boolean
  /** Tool call ids must be nine letters and digits (Mistral). */
  readonly nineCharacterCallIds?: boolean
  /** Wants the model's earlier reasoning back, in this field of assistant messages (DeepSeek, Kimi). */
  readonly reasoningField?: 'reasoning_content' | 'reasoning'
  /** Body fields it answers with an error, separated by spaces (Mistral: `user seed`). */
  readonly refusedFields?: string
  /** What marks the assistant message at the end as the beginning of the reply, where it takes one. */
  readonly prefixMark?: 'prefix' | 'partial' | 'continue_final_message'
}

export interface UpstreamError {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** As text; may be empty, HTML or cut off. */
  readonly body: string
  /** Milliseconds since the epoch, to read `retry-after` dates against. */
  readonly nowMs: number
}

/** Top-level members of a JSON object, parsed one by one and only when asked for. */
export interface Members {
  has(name: string): boolean
  /** undefined where the member is absent. */
  get(name: string): JsonValue | undefined
}

/** What pass-through must know of a whole reply with status 2xx. */
export interface ReplyFacts {
  /** null where the reply carries none (an image, a moderation). */
  readonly usage: Usage | null
  /** Set when the body is an error in spite of its status, or no reply to this operation at all. */
  readonly failure: Failure | null
}

/** What is needed from a request that passes through: found by a byte scan, not by a full parse. */
export interface RequestFacts {
  readonly model: string | null
  readonly stream: boolean
  readonly user: string | null
  readonly maxOutputTokens: number | null
  /** Chat Completions: the client itself asked for usage in the stream. */
  readonly includeUsage: boolean
}

/** A wire format, both sides. One folder each; the conformance suite in test/conformance runs over all. */
export interface DialectCodec {
  readonly name: Dialect
  /** Client paths of this dialect, relative to the version prefix (`/v1`, `/v1beta`). */
  readonly endpoints: readonly Endpoint[]

  /** Reads what the gateway must know of any request of this dialect. Wrong types read as null. */
  requestFacts(members: Members): RequestFacts
  /** What plans may ask of a chat request besides: its needs, and which conversation it belongs to. */
  readonly requestContent: RequestContent

  // — the side of clients —
  /** Reads a chat request. Strict: wrong types are an invalid_request that names the field. */
  parseRequest(body: JsonObject): Outcome<Translated<Conversation>>
  writeReply(reply: Reply, context: ReplyContext): JsonObject
  streamWriter(context: ReplyContext): StreamWriter
  /** Body of an error answer (not in a stream). */
  writeError(error: Failure, requestId: string): JsonValue
  /** Wire text of an error inside a stream that has begun. Never looks like a clean end. */
  writeStreamError(error: Failure, requestId: string, framing: 'sse' | 'json-array'): string

  // — the side of providers —
  buildRequest(conversation: Conversation, context: BuildContext): Outcome<Translated<BuiltRequest>>
  /** Reads a whole reply, leniently; a body that is no reply at all yields one `reply-error`. */
  readReply(body: JsonValue): ReplyEvent[]
  /** For `chat` the events are complete; for other operations usage, end and errors suffice. */
  streamReader(operation: Operation): StreamReader
  inspectReply(operation: Operation, members: Members): ReplyFacts
  /** Maps a provider's error answer to a failure. One rule per line, with its reason. */
  classifyFailure(error: UpstreamError): Failure
  /**
   * True when a frame in the middle of a stream certainly carries plain output only: no usage, no
   * finish, no error. Pass-through then skips reading it. False is always safe.
   */
  isPlainDelta(frame: Frame): boolean
  /**
   * Puts another model where a body names it, for dialects that repeat the model of the path in some
   * bodies. `members` are the body's top-level ones.
   */
  modelEdits?(body: Uint8Array, members: ReadonlyMap<string, Span>, model: string): readonly Edit[]
  /** Body of a token-count answer that we estimated ourselves; absent where the dialect has none. */
  writeTokenCount?(inputTokens: number): JsonObject
  /** Present where the dialect offers embeddings. */
  readonly embeddings?: EmbeddingCodec
}

export interface EmbeddingRequest {
  readonly inputs: readonly string[]
  readonly dimensions: number | null
  /** How the client wants vectors written; OpenAI's SDK asks for base64 by default. */
  readonly encoding: 'float' | 'base64'
}

export interface EmbeddingReply {
  /** One per input, in order. */
  readonly vectors: readonly (readonly number[])[]
  readonly usage: Usage | null
}

/** Both sides of embeddings in one dialect. */
export interface EmbeddingCodec {
  parseRequest(body: JsonObject): Outcome<Translated<EmbeddingRequest>>
  writeReply(reply: EmbeddingReply, request: EmbeddingRequest, context: ReplyContext): JsonObject
  buildRequest(request: EmbeddingRequest, context: BuildContext): Outcome<Translated<BuiltRequest>>
  readReply(body: JsonValue): Outcome<EmbeddingReply>
}
