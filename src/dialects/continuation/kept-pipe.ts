import type { StreamReader } from '../dialect.ts'
import type { ReplyPipe } from '../reply-pipe.ts'
import type { FrameSplitter } from '../split-sse.ts'
import { readSoFar, type SoFar } from './so-far.ts'

/** A reply that is longer is not continued: its bytes would have to be held for its whole length. */
const mostKeptBytes = 2 * 1024 * 1024

/** A pipe that can tell what went through it, when its reply breaks off. */
export interface ContinuablePipe extends ReplyPipe {
  /** null when it cannot be continued. */
  soFar(): SoFar | null
}

/** How the bytes of a reply are read again. */
export interface Reread {
  readonly splitter: () => FrameSplitter
  readonly reader: () => StreamReader
}

/** Keeps what a provider sent beside the pipe it goes through; it is read only if the reply breaks off. */
export function createKeptPipe(pipe: ReplyPipe, reread: Reread): ContinuablePipe {
  let kept: Uint8Array[] | null = []
  let keptBytes = 0
  return {
    push(chunk, out) {
      keptBytes += chunk.length
      if (keptBytes > mostKeptBytes) kept = null
      kept?.push(chunk)
      pipe.push(chunk, out)
    },
    end: (out) => pipe.end(out),
    state: () => pipe.state(),
    failure: () => pipe.failure(),
    failureShown: () => pipe.failureShown(),
    finished: () => pipe.finished(),
    tally: () => pipe.tally(),
    soFar: () => (kept === null ? null : readSoFar(kept, reread.splitter(), reread.reader())),
  }
}
