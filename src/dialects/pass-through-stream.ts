import { failure } from '../core/failure.ts'
import { parseJson } from '../core/json.ts'
import type { ReplyEvent } from '../core/reply.ts'
import type { Operation } from '../core/request.ts'
import type { DialectCodec, Frame, StreamReader } from './dialect.ts'
import type { ReplyPipe } from './reply-pipe.ts'
import type { FrameSplitter } from './split-sse.ts'
import { WatchedPipe } from './watched-pipe.ts'

export interface PassThroughStreamOptions {
  readonly codec: DialectCodec
  readonly operation: Operation
  readonly splitter: FrameSplitter
  /** The usage chunk was asked for by us, not by the client, who must not see it. */
  readonly hideUsageChunk: boolean
  /** The provider's words of failure are not passed on: the reply may be continued. */
  readonly hideFailure?: boolean
}

/**
 * Hands a stream on byte for byte, event by event, and watches it: first output, usage, end, errors.
 * Plain deltas after the first output are not even read.
 */
class PassThroughStream extends WatchedPipe {
  readonly #options: PassThroughStreamOptions
  readonly #reader: StreamReader
  /** Where the bytes of the current call go. */
  #out: Uint8Array[] = []
  /** As the reader says; kept here because it is asked for after every event. */
  #finished = false
  readonly #take = (raw: Uint8Array, frame: Frame | null) => this.#takeFrame(raw, frame)

  constructor(options: PassThroughStreamOptions) {
    super()
    this.#options = options
    this.#reader = options.codec.streamReader(options.operation)
  }

  push(chunk: Uint8Array, out: Uint8Array[]): void {
    this.#out = out
    if (!this.#options.splitter.push(chunk, this.#take)) {
      this.watch.fail(failure('malformed_reply', 'The provider sent an event that does not end.'))
    }
  }

  end(out: Uint8Array[]): void {
    this.#out = out
    const given = out.length
    this.#options.splitter.end(this.#take)
    if (this.shown && out.length > given) out.push(blankLine)
    const { state } = this.watch
    if (state === 'waiting' || state === 'output') this.watch.see(this.#reader.end())
    if (this.watch.state !== 'ended') this.watch.fail(truncated())
  }

  override finished(): boolean {
    return this.#finished
  }

  #takeFrame(raw: Uint8Array, frame: Frame | null): void {
    const { watch } = this
    if (watch.state === 'failed') {
      // Some providers say it twice (`error`, then `response.failed`), and clients read either.
      if (this.shown) this.#out.push(raw)
    } else if (frame === null || watch.state === 'ended') {
      this.#out.push(raw)
    } else if (watch.state === 'output' && this.#options.codec.isPlainDelta(frame)) {
      watch.skip(frame.data.length)
      this.#out.push(raw)
    } else {
      this.#read(raw, frame)
    }
  }

  #read(raw: Uint8Array, frame: Frame): void {
    const events = this.#reader.read(frame)
    this.#finished = this.#reader.finished === true
    this.watch.see(events, frame.data.length)
    // An event that is not JSON would break the client's parser: it gets a clean error instead.
    const unreadable = this.watch.failure?.class === 'malformed_reply'
    if (unreadable && parseJson(frame.data) === undefined) return
    if (this.watch.failure !== null) {
      if (this.#options.hideFailure === true) return
      this.shown = true
    }
    if (this.#options.hideUsageChunk && this.#isUsageChunk(frame, events)) return
    this.#out.push(raw)
  }

  /**
   * Chat Completions' last chunk of `include_usage`: no choices, and usage, sound or not. Azure's first
   * chunk has no choices either, but that comes before the finish.
   */
  #isUsageChunk(frame: Frame, events: readonly ReplyEvent[]): boolean {
    const told = this.finished() || events.some((event) => event.type === 'usage')
    return told && /"choices"\s*:\s*\[\s*\]/.test(frame.data)
  }
}

export function createPassThroughStream(options: PassThroughStreamOptions): ReplyPipe {
  return new PassThroughStream(options)
}

/** Clients drop a last event that lacks it, and with it the provider's words of failure. */
const blankLine = new TextEncoder().encode('\n\n')

export function truncated() {
  return failure('truncated', 'The provider ended the stream before the reply was complete.')
}
