import type { Failure } from '../core/failure.ts'
import type { FinishReason, Usage } from '../core/reply.ts'

/**
 * Where a reply stands. waiting: nothing real has come yet, failover is free · output: the client may
 * see it · ended: its dialect's proper end was reached · failed: it never will be.
 */
export type ReplyState = 'waiting' | 'output' | 'ended' | 'failed'

/** What was learned from a reply while it passed. */
export interface ReplyTally {
  readonly usage: Usage | null
  readonly finish: FinishReason | null
  /** Output tokens counted by ourselves, for replies whose usage never arrives. */
  readonly outputTokensEstimate: number
}

/**
 * One provider reply on its way to one client, byte by byte and without I/O. `out` collects what may
 * go to the client; while the state is `waiting` the caller holds it back.
 */
export interface ReplyPipe {
  push(chunk: Uint8Array, out: Uint8Array[]): void
  /** The provider's bytes ended. Afterwards the state is `ended` or `failed`. */
  end(out: Uint8Array[]): void
  state(): ReplyState
  /** Set when the state is `failed`. */
  failure(): Failure | null
  /** The provider's own error event is among the bytes given out: the client needs no second one. */
  failureShown(): boolean
  /** The pipe that does the work from now on; absent where it is always this one. */
  settled?(): ReplyPipe
  /** A finish reason was seen: only usage and the formal end are outstanding. */
  finished(): boolean
  tally(): ReplyTally
}
