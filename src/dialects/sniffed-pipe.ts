import type { Failure } from '../core/failure.ts'
import type { ReplyPipe, ReplyState, ReplyTally } from './reply-pipe.ts'

const OPEN_OBJECT = 0x7b
const OPEN_ARRAY = 0x5b

/**
 * Chooses how to read a reply by its first byte that is no white space: the content type is wrong
 * too often. JSON is a whole reply though a stream was asked for; anything else is the stream.
 */
class SniffedPipe implements ReplyPipe {
  readonly #whole: () => ReplyPipe
  readonly #stream: () => ReplyPipe
  readonly #blank: Uint8Array[] = []
  #chosen: ReplyPipe | null = null

  constructor(whole: () => ReplyPipe, stream: () => ReplyPipe) {
    this.#whole = whole
    this.#stream = stream
  }

  push(chunk: Uint8Array, out: Uint8Array[]): void {
    if (this.#chosen !== null) {
      this.#chosen.push(chunk, out)
      return
    }
    const first = chunk.find((byte) => byte > 0x20)
    if (first === undefined) this.#blank.push(chunk)
    else this.#choose(first, out).push(chunk, out)
  }

  end(out: Uint8Array[]): void {
    const pipe = this.#chosen ?? this.#choose(undefined, out)
    pipe.end(out)
  }

  #choose(byte: number | undefined, out: Uint8Array[]): ReplyPipe {
    const pipe = byte === OPEN_OBJECT || byte === OPEN_ARRAY ? this.#whole() : this.#stream()
    for (const chunk of this.#blank) pipe.push(chunk, out)
    this.#chosen = pipe
    return pipe
  }

  settled(): ReplyPipe {
    return this.#chosen ?? this
  }

  state(): ReplyState {
    return this.#chosen?.state() ?? 'waiting'
  }

  failure(): Failure | null {
    return this.#chosen?.failure() ?? null
  }

  failureShown(): boolean {
    return this.#chosen?.failureShown() ?? false
  }

  finished(): boolean {
    return this.#chosen?.finished() ?? false
  }

  tally(): ReplyTally {
    return this.#chosen?.tally() ?? nothing
  }
}

const nothing: ReplyTally = { usage: null, finish: null, outputTokensEstimate: 0 }

export function createSniffedPipe(whole: () => ReplyPipe, stream: () => ReplyPipe): ReplyPipe {
  return new SniffedPipe(whole, stream)
}
