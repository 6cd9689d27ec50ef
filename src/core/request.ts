import type { StrategyName } from './catalog.ts'
import type { Needs } from './needs.ts'

/** The wire formats Waybill speaks, on both sides. */
export const dialects = ['openai', 'openai-responses', 'anthropic', 'gemini'] as const
export type Dialect = (typeof dialects)[number]

/**
 * What is asked for. Only `chat` is translated between dialects (and `embedding` between OpenAI and
 * Gemini); the others reach providers whose address speaks the caller's dialect.
 */
export type Operation =
  | 'chat'
  | 'completion'
  | 'embedding'
  | 'count-tokens'
  | 'image'
  | 'audio'
  | 'moderation'
  | 'rerank'

/** One path of the client API, which is also a path at a provider of the same dialect. */
export interface Endpoint {
  readonly dialect: Dialect
  readonly operation: Operation
  /**
   * What stands behind the provider's `baseUrl`, with `{model}` where the dialect carries the model
   * in its path: `/chat/completions`, `/models/{model}:generateContent`.
   */
  readonly path: string
  /** How a streamed reply is framed when the path decides it, null when the body's `stream` does. */
  readonly streams: 'sse' | 'json-array' | null
}

/** A request as the gateway sees it, in no dialect. The body stays bytes beside it. */
export interface Request {
  /** `wb_…`, ours: never the provider's id. */
  readonly id: string
  readonly endpoint: Endpoint
  /** The model as the client wrote it. */
  readonly model: string
  /** Framing of the reply the client wants; null for a whole reply. */
  readonly streaming: 'sse' | 'json-array' | null
  /** The end user, when the client names one. */
  readonly user: string | null
  /** Estimated from bytes; exact figures come with the reply. */
  readonly inputTokensEstimate: number
  /**
   * Fewer tokens than these its input cannot have, whatever the tokenizer: what excludes targets rests
   * on it. Where it is left out, the estimate stands for it with a margin.
   */
  readonly leastInputTokens?: () => number
  /** The most output tokens the client allows; null when it does not say. */
  readonly maxOutputTokens: number | null
  /** Found out when first asked for: most requests go where nothing is excluded. */
  needs(): Needs
  /** Equal for all turns of one conversation, from how it begins; null where there is none to tell. */
  conversationKey(): string | null
  /** Up to 4 KiB of what the user says last, for features; plain text. */
  promptSample(): string
  /** Asking twice leaves nothing behind at the provider; absent: not known, so it must not be done. */
  repeatable?(): boolean
  readonly metadata: Readonly<Record<string, string>>
  /** From `x-waybill-strategy`. */
  readonly strategy: StrategyName | null
  /** From `x-waybill-timeout-ms`. */
  readonly timeoutMs: number | null
  /** From `x-waybill-no-fallback`. */
  readonly noFallback: boolean
}
