import type { Signature } from './conversation.ts'
import type { Failure } from './failure.ts'

/** Tokens of one attempt. `inputTokens` is the total, cached ones included; so is `outputTokens`. */
export interface Usage {
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  // Parts of the totals that some providers bill apart; left out where there are none.
  /** Of `cacheWriteTokens`, those a cache keeps for an hour. */
  readonly longCacheWriteTokens?: number
  readonly inputAudioTokens?: number
  readonly inputImageTokens?: number
  readonly outputAudioTokens?: number
  readonly outputImageTokens?: number
  /** Images made, whether or not they are counted in tokens too. */
  readonly images?: number
}

export const noUsage: Usage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
}

export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'refusal'
  | 'pause'
  | 'other'

/**
 * A reply as a stream of events, in no dialect. Blocks are numbered in order of their start; deltas
 * name their block. A whole reply reads as the same events, so one reader and one writer serve both.
 */
export type ReplyEvent =
  | { readonly type: 'reply-start'; readonly id: string | null; readonly model: string | null }
  | { readonly type: 'text-start'; readonly block: number }
  | { readonly type: 'text-delta'; readonly block: number; readonly text: string }
  | { readonly type: 'text-end'; readonly block: number; readonly signature: Signature | null }
  | { readonly type: 'reasoning-start'; readonly block: number }
  | { readonly type: 'reasoning-delta'; readonly block: number; readonly text: string }
  | {
      readonly type: 'reasoning-end'
      readonly block: number
      readonly signature: Signature | null
      readonly redacted: boolean
    }
  | { readonly type: 'refusal-delta'; readonly block: number; readonly text: string }
  | {
      readonly type: 'tool-call-start'
      readonly block: number
      readonly id: string
      readonly name: string
    }
  | { readonly type: 'tool-call-delta'; readonly block: number; readonly input: string }
  | { readonly type: 'tool-call-end'; readonly block: number; readonly signature: Signature | null }
  /** A link the text of a block rests on (OpenAI annotations, Anthropic citations, Gemini grounding). */
  | {
      readonly type: 'citation'
      readonly block: number
      readonly url: string
      readonly title: string | null
    }
  /** A file the model made (Gemini inlineData). */
  | {
      readonly type: 'file'
      readonly block: number
      readonly mediaType: string
      readonly base64: string
    }
  | { readonly type: 'usage'; readonly usage: Usage }
  | {
      readonly type: 'reply-end'
      readonly finish: FinishReason
      /** The stop sequence that ended the reply, where the dialect says. */
      readonly stopSequence: string | null
    }
  | { readonly type: 'reply-error'; readonly failure: Failure }
  /** Something only the provider's own dialect can show (server tool calls); writers may ignore it. */
  | { readonly type: 'untranslated'; readonly what: string }

export type ReplyPart =
  | TextReplyPart
  | ReasoningReplyPart
  | RefusalReplyPart
  | ToolCallReplyPart
  | FileReplyPart

export interface TextReplyPart {
  readonly type: 'text'
  text: string
  signature: Signature | null
  readonly citations: { readonly url: string; readonly title: string | null }[]
}

export interface ReasoningReplyPart {
  readonly type: 'reasoning'
  text: string
  signature: Signature | null
  redacted: boolean
}

export interface RefusalReplyPart {
  readonly type: 'refusal'
  text: string
}

export interface ToolCallReplyPart {
  readonly type: 'tool-call'
  id: string
  name: string
  input: string
  signature: Signature | null
}

export interface FileReplyPart {
  readonly type: 'file'
  readonly mediaType: string
  readonly base64: string
}

/** A whole reply: what the events add up to, see `collectReply`. */
export interface Reply {
  readonly id: string | null
  readonly model: string | null
  readonly parts: readonly ReplyPart[]
  readonly finish: FinishReason
  readonly stopSequence: string | null
  readonly usage: Usage | null
}
