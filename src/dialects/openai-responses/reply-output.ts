import type { Signature } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'

/** What the readers of items share: the events of the frame being read, and the block numbers. */
export interface ReplyOutput {
  emit(event: ReplyEvent): void
  nextBlock(): number
  /** Signatures of tool calls that came in reasoning items of their own, by call id. */
  readonly callSignatures: Map<string, Signature>
}

/** A text that arrives in pieces, or only whole at the end, or both. */
export type TextKind = 'text' | 'refusal' | 'reasoning' | 'summary' | 'arguments'

/**
 * One output item while it is read. Providers differ in which events they send: each reader gives
 * every text once, from its deltas or from whichever event first has it whole.
 */
export interface ItemReader {
  /** True for a kind of text such an item holds. */
  takes(kind: TextKind): boolean
  delta(kind: TextKind, index: number, text: string): void
  /** The whole text, of which deltas may have given a part. */
  whole(kind: TextKind, index: number, text: string): void
  /** A content part is complete. */
  partDone(index: number, part: JsonObject): void
  /** An annotation of the text of a content part. */
  annotate(index: number, annotation: JsonValue): void
  /** The item is complete. */
  done(item: JsonObject): void
  /** The stream is over though the item is not complete: closes its blocks. */
  close(): void
}

/** What of `whole` was not `given` yet. Where the two differ, what was given stands. */
export function restOf(given: string, whole: string): string {
  return whole.startsWith(given) ? whole.slice(given.length) : ''
}
