import type { Signature } from '../../core/conversation.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import type { Citation } from './citations.ts'

export type ProseKind = 'text' | 'reasoning'

export interface ProsePiece {
  readonly kind: ProseKind
  readonly text: string
  readonly signature: Signature | null
  /** Reasoning whose part carries nothing but its signature. */
  readonly redacted: boolean
}

/**
 * Turns Gemini's parts, which have neither numbers nor borders, into numbered blocks: parts of one
 * kind that follow each other are one block, until a signature ends it (it covers what stands
 * before it). Events are appended to `out`.
 */
export interface ReplyBlocks {
  prose(piece: ProsePiece, out: ReplyEvent[]): void
  cite(citations: readonly Citation[], out: ReplyEvent[]): void
  /** Opens a tool call; everything up to `endCall` belongs to it. */
  startCall(id: string, name: string, out: ReplyEvent[]): void
  endCall(input: string, signature: Signature | null, out: ReplyEvent[]): void
  file(mediaType: string, base64: string, out: ReplyEvent[]): void
  close(out: ReplyEvent[]): void
}

interface OpenProse {
  readonly kind: ProseKind
  readonly block: number
  hasText: boolean
  /** Kept back until the block closes, so that citations still find it open. */
  signature: Signature | null
  redacted: boolean
}

export function createReplyBlocks(): ReplyBlocks {
  let blocks = 0
  let open: OpenProse | null = null
  let call = 0
  const cited = new Set<string>()

  const close = (out: ReplyEvent[]) => {
    if (open === null) return
    const { kind, block, signature, redacted } = open
    out.push(
      kind === 'text'
        ? { type: 'text-end', block, signature }
        : { type: 'reasoning-end', block, signature, redacted },
    )
    open = null
  }
  const openProse = (kind: ProseKind, out: ReplyEvent[]): OpenProse => {
    if (open !== null && open.kind === kind && open.signature === null) return open
    close(out)
    open = { kind, block: blocks++, hasText: false, signature: null, redacted: false }
    out.push({ type: `${kind}-start`, block: open.block })
    return open
  }

  return {
    close,
    prose({ kind, text, signature, redacted }, out) {
      // Streams are full of empty text without a signature: it is no output and opens nothing.
      if (text === '' && signature === null) return
      const current = openProse(kind, out)
      if (text !== '') out.push({ type: `${kind}-delta`, block: current.block, text })
      current.hasText ||= text !== ''
      current.signature = signature
      current.redacted = redacted && !current.hasText
    },
    cite(citations, out) {
      for (const { url, title } of citations) {
        if (cited.has(url)) continue
        cited.add(url)
        const { block } = open !== null && open.kind === 'text' ? open : openProse('text', out)
        out.push({ type: 'citation', block, url, title })
      }
    },
    startCall(id, name, out) {
      close(out)
      call = blocks++
      out.push({ type: 'tool-call-start', block: call, id, name })
    },
    endCall(input, signature, out) {
      out.push({ type: 'tool-call-delta', block: call, input })
      out.push({ type: 'tool-call-end', block: call, signature })
    },
    file(mediaType, base64, out) {
      close(out)
      out.push({ type: 'file', block: blocks++, mediaType, base64 })
    },
  }
}
