import type { JsonObject, JsonValue } from './json.ts'
import type { Dialect } from './request.ts'

/**
 * A conversation in no dialect: what every chat request means. Modelled on the prompt of the AI SDK's
 * `LanguageModelV4`, so that its providers map one to one. Only built when a request must be
 * translated; same-dialect traffic never passes through here.
 */
export interface Conversation {
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  /** null: the client does not say. */
  readonly toolChoice: ToolChoice | null
  readonly parallelToolCalls: boolean | null
  readonly output: OutputFormat
  readonly maxOutputTokens: number | null
  readonly temperature: number | null
  readonly topP: number | null
  readonly topK: number | null
  readonly stopSequences: readonly string[]
  readonly seed: number | null
  readonly presencePenalty: number | null
  readonly frequencyPenalty: number | null
  readonly reasoning: ReasoningRequest | null
  readonly user: string | null
  readonly metadata: Readonly<Record<string, string>>
}

export type Message =
  | { readonly role: 'system'; readonly content: readonly TextPart[]; readonly developer: boolean }
  | { readonly role: 'user'; readonly content: readonly (TextPart | FilePart)[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[] }
  | { readonly role: 'tool'; readonly content: readonly ToolResultPart[] }

export type AssistantPart = TextPart | ReasoningPart | RefusalPart | ToolCallPart | FilePart

export interface TextPart {
  readonly type: 'text'
  readonly text: string
  /** Prompt-cache mark (Anthropic `cache_control`); other dialects cache by themselves. */
  readonly cache?: JsonValue
  readonly signature?: Signature | null
}

/** Image, PDF, audio, video or other file. `mediaType` may be a wildcard such as `image/*`. */
export interface FilePart {
  readonly type: 'file'
  readonly mediaType: string
  readonly source: FileSource
  readonly filename: string | null
  /** OpenAI `detail` of an image. */
  readonly detail?: string | null
  readonly cache?: JsonValue
}

export type FileSource =
  | { readonly kind: 'base64'; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  /** A file id at one provider: usable only in the dialect it came from. */
  | { readonly kind: 'id'; readonly id: string; readonly dialect: Dialect }
  /** A document given as plain text (Anthropic text documents). */
  | { readonly kind: 'text'; readonly text: string }

export interface ReasoningPart {
  readonly type: 'reasoning'
  readonly text: string
  readonly signature: Signature | null
  /** True when the provider hides the text and only the signature carries it (redacted_thinking). */
  readonly redacted: boolean
}

/**
 * Opaque proof of reasoning that must return to the provider that made it: Anthropic's `signature`,
 * Responses' `encrypted_content`, Gemini's `thoughtSignature`.
 */
export interface Signature {
  readonly dialect: Dialect
  readonly value: string
  /** Id of the item it belongs to (Responses). */
  readonly id: string | null
}

export interface RefusalPart {
  readonly type: 'refusal'
  readonly text: string
}

export interface ToolCallPart {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  /** JSON text exactly as the model wrote it; may be invalid JSON. Empty input is `{}`. */
  readonly input: string
  readonly signature?: Signature | null
  readonly cache?: JsonValue
}

export interface ToolResultPart {
  readonly type: 'tool-result'
  readonly callId: string
  /** Empty when the dialect does not repeat it; Gemini needs it, so writers look it up by call id. */
  readonly name: string
  readonly content: readonly (TextPart | FilePart)[]
  readonly isError: boolean
  readonly cache?: JsonValue
}

/** A function the client runs. Tools that a provider runs itself do not cross dialects. */
export interface Tool {
  readonly name: string
  readonly description: string | null
  /** JSON schema of the input; null when the tool takes none. */
  readonly parameters: JsonObject | null
  readonly strict: boolean | null
  readonly cache?: JsonValue
}

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string }

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly description: string | null
      readonly schema: JsonObject
      readonly strict: boolean | null
    }

/** How much to think, as an effort word or a token budget; either may be null, not both. */
export interface ReasoningRequest {
  readonly effort: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null
  readonly budgetTokens: number | null
  /** Whether the client asked to see the reasoning (summary); null when it does not say. */
  readonly visible: boolean | null
}

/** What a request asks for beyond the conversation, in the words of its own dialect. */
export interface Translated<T> {
  readonly value: T
  /** One readable sentence per thing that could not be carried over and was left out. */
  readonly warnings: readonly string[]
}
