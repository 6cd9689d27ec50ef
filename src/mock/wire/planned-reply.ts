import type { Ending } from '../faults/ending.ts'
import type { Piece } from './piece.ts'
import type { Header } from './reply.ts'

/** A reply with its times and faults, ready to be played. */
export interface PlannedReply {
  readonly status: number
  readonly headers: readonly Header[]
  /** When the head is due; null: with the first piece. */
  readonly headAtMs: number | null
  /** To announce as content-length, true or not; null: unknown beforehand. */
  readonly length: number | null
  readonly pieces: Iterator<Piece>
  readonly ending: Ending
}
