import { IncomingMessage } from 'node:http'

/** Where the body of a request goes. */
export interface BodySink {
  take(piece: Uint8Array): void
  /** All of it has come. */
  end(): void
  /** The client went away in the middle of it. */
  cutOff(): void
}

/**
 * A request to the client API, whose body can be poured into a sink as it comes from the parser. Read as
 * a stream it would pass through a buffer and come with events, each of them a turn of the event loop
 * later: more than a microsecond per request. Whatever a `Readable` is given to be read it gets by
 * `push`, and null at the end.
 */
export class ClientRequest extends IncomingMessage {
  #sink: BodySink | null = null

  /** To be called as soon as the request is announced: before anything of its body has come. */
  pourInto(sink: BodySink): void {
    this.#sink = sink
    // As if it were read: node would clear away, after the answer, what it thinks nobody reads.
    this._read(0)
  }

  override push(piece: unknown, encoding?: BufferEncoding): boolean {
    const sink = this.#sink
    if (sink === null) return super.push(piece, encoding)
    if (piece instanceof Uint8Array) {
      sink.take(piece)
    } else {
      this.#sink = null
      sink.end()
    }
    return true
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#sink?.cutOff()
    this.#sink = null
    super._destroy(error, callback)
  }
}
