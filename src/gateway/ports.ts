import type { WaybillRecord } from '../core/account/record.ts'
import type { Provider } from '../core/catalog.ts'
import type { Conversation } from '../core/conversation.ts'
import type { Failure } from '../core/failure.ts'
import type { JsonObject } from '../core/json.ts'
import type { ReplyEvent } from '../core/reply.ts'
import type { SavedKnowledge } from './knowledge.ts'

/** What the gateway needs from outside. Each adapter implements one of these; tests write their own. */

export interface Clock {
  /** Milliseconds since the epoch, for records and headers. */
  nowMs(): number
  /** Monotonic milliseconds, for durations and timers. */
  monotonicMs(): number
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void
}

export interface UpstreamCall {
  /** `https://host[:port]` */
  readonly origin: string
  /** Path with query. */
  readonly path: string
  /** GET carries no body: only checks of our own are made with it. */
  readonly method: 'POST' | 'GET'
  /** Name, value, name, value …; lower-case names. */
  readonly headers: readonly string[]
  /** Pieces sent in order, their total announced as content-length. */
  readonly body: readonly Uint8Array[]
}

/** What a provider does, as it happens. After `failed`, `ended` or `abort()` nothing more is called. */
export interface UpstreamObserver {
  /** A connection stands and the request is being written: the connect timer ends here. */
  connected(): void
  /** Headers as sent, lower-case names, repeated ones joined by ", ". */
  head(status: number, headers: Readonly<Record<string, string>>): void
  data(chunk: Uint8Array): void
  ended(): void
  /** Transport trouble: refused, reset, DNS, TLS, cut short. */
  failed(failure: Failure): void
}

export interface UpstreamExchange {
  /** Stop reading from the provider until `resume`: backpressure. */
  pause(): void
  resume(): void
  /** Ends the exchange and closes its connection at once. */
  abort(): void
}

export interface Upstream {
  send(call: UpstreamCall, observer: UpstreamObserver): UpstreamExchange
  close(): Promise<void>
}

/** Which upstream reaches a provider: the network, or the simulation it is configured as. */
export interface Upstreams {
  of(provider: Provider): Upstream
}

/** A provider reached through an AI SDK package instead of a dialect of ours. */
export interface LanguageModelCall {
  /** npm name, `@ai-sdk/amazon-bedrock`. */
  readonly sdk: string
  readonly options: JsonObject
  readonly apiKey: string | null
  readonly model: string
  readonly conversation: Conversation
  readonly streaming: boolean
}

export interface LanguageModelObserver {
  events(events: readonly ReplyEvent[]): void
  warnings(warnings: readonly string[]): void
  ended(): void
  failed(failure: Failure): void
}

export interface LanguageModels {
  start(call: LanguageModelCall, observer: LanguageModelObserver): UpstreamExchange
}

/** The durable record of requests. */
export interface Ledger {
  /**
   * Calls back, at once or in this turn of the event loop, when the record survives the end of this
   * process, or when nothing can make it do so.
   */
  append(record: WaybillRecord, stored: () => void): void
  /** Everything appended is in the store when this resolves. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Where what a gateway has seen outlives the process. Never rejects: it is worth no trouble. */
export interface KnowledgeStore {
  /** What was saved last; null where there is nothing that can be read. */
  load(): Promise<SavedKnowledge | null>
  /** Replaces it as a whole. */
  save(saved: SavedKnowledge): Promise<void>
}

/** Everything one request may touch outside its own values. */
export interface Ports {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** A fresh id, `wb_…`, unique across processes and sortable by time. */
  readonly newId: () => string
  readonly upstreams: Upstreams
  readonly languageModels: LanguageModels
  readonly ledger: Ledger
  readonly telemetry: Telemetry
}

/** Fed with each finished record: metrics, log lines, traces. Must not throw and must not wait. */
export interface Telemetry {
  started(): void
  finished(record: WaybillRecord): void
}
