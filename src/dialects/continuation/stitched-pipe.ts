import { failure } from '../../core/failure.ts'
import { noUsage, type ReplyEvent } from '../../core/reply.ts'
import type { DialectCodec, Frame, ReplyContext, StreamReader, StreamWriter } from '../dialect.ts'
import { truncated } from '../pass-through-stream.ts'
import type { FrameSplitter } from '../split-sse.ts'
import { WatchedPipe } from '../watched-pipe.ts'
import type { ContinuablePipe } from './kept-pipe.ts'
import { type SoFar, soFarOf } from './so-far.ts'
import { StitchedEvents } from './stitched-events.ts'

export interface StitchedPipeOptions {
  readonly soFar: SoFar
  /** The first part went through as it came: its model name is the one the client has seen. */
  readonly passedThrough: boolean
  /** Of the target that continues. */
  readonly provider: DialectCodec
  readonly splitter: FrameSplitter
  readonly client: DialectCodec
  readonly context: ReplyContext
}

/**
 * The stream of a continuation as the rest of the stream the client is reading. Always through events,
 * even where both sides speak the same dialect: a second `message_start`, id or block 0 in the middle
 * of a stream would be a second message to the client.
 */
class StitchedPipe extends WatchedPipe implements ContinuablePipe {
  readonly #reader: StreamReader
  readonly #writer: StreamWriter
  readonly #splitter: FrameSplitter
  readonly #stitched: StitchedEvents
  /** All the client has seen, for a continuation of the continuation. */
  readonly #seen: ReplyEvent[]
  #usageTold = false

  constructor({ soFar, passedThrough, provider, splitter, client, context }: StitchedPipeOptions) {
    super()
    const shown = passedThrough ? startedAs(soFar, context) : context
    this.#reader = provider.streamReader('chat')
    this.#writer = client.streamWriter(shown)
    this.#splitter = splitter
    this.#stitched = new StitchedEvents(soFar)
    this.#seen = [...soFar.events]
    // Brings the writer to where the stream broke off; what it says on the way the client has read.
    for (const event of soFar.events) this.#writer.write(event)
  }

  push(chunk: Uint8Array, out: Uint8Array[]): void {
    if (!this.#splitter.push(chunk, (_raw, frame) => this.#takeFrame(frame, out))) {
      this.watch.fail(failure('malformed_reply', 'The provider sent an event that does not end.'))
    }
  }

  end(out: Uint8Array[]): void {
    this.#splitter.end((_raw, frame) => this.#takeFrame(frame, out))
    if (this.#isOpen()) this.#take(this.#reader.end(), out)
    if (this.watch.state !== 'ended') this.watch.fail(truncated())
  }

  override finished(): boolean {
    return this.#reader.finished === true
  }

  soFar(): SoFar | null {
    return soFarOf(this.#seen)
  }

  #isOpen(): boolean {
    return this.watch.state === 'waiting' || this.watch.state === 'output'
  }

  #takeFrame(frame: Frame | null, out: Uint8Array[]): void {
    if (frame !== null && this.#isOpen()) this.#take(this.#reader.read(frame), out)
  }

  #take(events: readonly ReplyEvent[], out: Uint8Array[]): void {
    this.watch.see(events)
    let text = ''
    for (const event of events) {
      if (event.type === 'reply-error') break
      if (event.type === 'reply-end' && !this.#usageTold)
        text += this.#writer.write(this.#counted())
      const fitted = this.#stitched.fit(event)
      if (fitted === null) continue
      this.#usageTold ||= fitted.type === 'usage'
      this.#seen.push(fitted)
      text += this.#writer.write(fitted)
    }
    if (text !== '') out.push(encoder.encode(text))
  }

  /** Without a word from the provider the usage of the first part would stand for the whole. */
  #counted(): ReplyEvent {
    const own = { ...noUsage, outputTokens: this.watch.tally().outputTokensEstimate }
    return { type: 'usage', usage: this.#stitched.usage(own) }
  }
}

export function createStitchedPipe(options: StitchedPipeOptions): ContinuablePipe {
  return new StitchedPipe(options)
}

function startedAs(soFar: SoFar, context: ReplyContext): ReplyContext {
  const start = soFar.events.find((event) => event.type === 'reply-start')
  return { ...context, model: start?.model ?? context.model }
}

const encoder = new TextEncoder()
