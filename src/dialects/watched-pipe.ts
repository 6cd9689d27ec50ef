import type { Failure } from '../core/failure.ts'
import type { ReplyPipe, ReplyState, ReplyTally } from './reply-pipe.ts'
import { ReplyWatch } from './reply-watch.ts'

/**
 * What all pipes have in common: a watch that knows how the reply stands. A class, because one is made
 * for every request and a closure for each method would be most of its memory.
 */
export abstract class WatchedPipe implements ReplyPipe {
  protected readonly watch = new ReplyWatch()
  /** The provider's own words of failure are among the bytes given out. */
  protected shown = false

  abstract push(chunk: Uint8Array, out: Uint8Array[]): void
  abstract end(out: Uint8Array[]): void

  state(): ReplyState {
    return this.watch.state
  }

  failure(): Failure | null {
    return this.watch.failure
  }

  failureShown(): boolean {
    return this.shown
  }

  finished(): boolean {
    return false
  }

  tally(): ReplyTally {
    return this.watch.tally()
  }
}
