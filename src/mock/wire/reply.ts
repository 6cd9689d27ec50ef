import type { ReplyFrame } from './frame.ts'

export type Header = readonly [name: string, value: string]

export interface WholeBody {
  readonly kind: 'whole'
  readonly contentType: string
  readonly bytes: string | Uint8Array
  /** Output tokens it stands for: they decide when it is ready, and where `@k` of a fault falls. */
  readonly tokens: number
}

export interface StreamBody {
  readonly kind: 'stream'
  readonly framing: 'sse' | 'json-array'
  /** SSE with CRLF, as Gemini sends it. */
  readonly crlf: boolean
  /** The dialect has pings. */
  readonly pings: boolean
  readonly frames: Iterable<ReplyFrame>
}

export type ReplyBody = WholeBody | StreamBody

/** What a provider would answer, before anything goes wrong on the way. */
export interface MockReply {
  readonly status: number
  readonly headers: readonly Header[]
  readonly body: ReplyBody
}

export function jsonBody(value: unknown, tokens = 0): WholeBody {
  return {
    kind: 'whole',
    contentType: 'application/json',
    bytes: JSON.stringify(value),
    tokens,
  }
}
