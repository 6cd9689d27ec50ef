import { concatenate } from './bytes.ts'
import type { Frame } from './dialect.ts'
import { readSseBlock } from './sse.ts'

/** Receives each event: its bytes as they came (blank line included) and what they say. */
export type FrameSink = (raw: Uint8Array, frame: Frame | null) => void

/** Cuts a byte stream into events. Every byte comes out exactly once, in order. */
export interface FrameSplitter {
  /** Returns false when one event grew beyond the limit; nothing more may be pushed then. */
  push(chunk: Uint8Array, sink: FrameSink): boolean
  /** Gives out what is left: a last event without its blank line, if any. */
  end(sink: FrameSink): void
}

/** No event of a provider is larger; one that never ends must not fill the memory. */
export const maxFrameBytes = 8 * 1024 * 1024

const LF = 0x0a
const CR = 0x0d
const decoder = new TextDecoder()

/**
 * Splits server-sent events at their blank lines. Line ends may be LF, CRLF or CR, and chunk borders
 * may fall anywhere. Bytes of an unfinished event are held, so that a stream that breaks can be ended
 * with an error event at an event border instead of in the middle of another one.
 */
class SseSplitter implements FrameSplitter {
  #held: Uint8Array[] = []
  #heldBytes = 0
  #lineIsEmpty = true
  #lastWasCr = false

  push(chunk: Uint8Array, sink: FrameSink): boolean {
    const between = this.#heldBytes === 0 && this.#lineIsEmpty && !this.#lastWasCr
    const rest = between ? this.#wholeEvents(chunk, sink) : chunk
    if (rest.length > 0) this.#walk(rest, sink)
    return this.#heldBytes <= maxFrameBytes
  }

  end(sink: FrameSink): void {
    if (this.#heldBytes > 0) this.#give(new Uint8Array(0), sink)
  }

  /**
   * Takes whole events with LF line ends, as nearly all chunks hold: the engine's own search is faster
   * than a walk over the bytes. Returns what is left.
   */
  #wholeEvents(chunk: Uint8Array, sink: FrameSink): Uint8Array {
    const { length } = chunk
    if (chunk[length - 1] !== LF || chunk[length - 2] !== LF) return chunk
    const text = decoder.decode(chunk)
    if (text.includes('\r')) return chunk
    if (text.indexOf('\n\n') === text.length - 2) {
      if (text.length > 2) sink(chunk, readSseBlock(text))
      return text.length > 2 ? nothing : chunk
    }
    // Places in the text are places in the bytes only where each character is one byte.
    if (text.length !== length) return chunk
    let start = 0
    while (start < length && text.charCodeAt(start) !== LF) {
      const end = text.indexOf('\n\n', start) + 2
      sink(chunk.subarray(start, end), readSseBlock(text.slice(start, end)))
      start = end
    }
    return chunk.subarray(start)
  }

  #walk(chunk: Uint8Array, sink: FrameSink): void {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte !== LF && byte !== CR) {
        this.#lineIsEmpty = false
        this.#lastWasCr = false
        continue
      }
      if (byte === LF && this.#lastWasCr) {
        this.#lastWasCr = false
        continue // the second half of CRLF
      }
      this.#lastWasCr = byte === CR
      if (!this.#lineIsEmpty) {
        this.#lineIsEmpty = true
        continue
      }
      const end = byte === CR && chunk[at + 1] === LF ? at + 2 : at + 1
      this.#give(chunk.subarray(start, end), sink)
      this.#lastWasCr = byte === CR && end === at + 1
      at = end - 1
      start = end
    }
    if (start === chunk.length) return
    const rest = start === 0 ? chunk : chunk.subarray(start)
    this.#held.push(rest)
    this.#heldBytes += rest.length
  }

  #give(raw: Uint8Array, sink: FrameSink): void {
    const whole =
      this.#heldBytes === 0 ? raw : concatenate([...this.#held, raw], this.#heldBytes + raw.length)
    this.#held = []
    this.#heldBytes = 0
    sink(whole, readSseBlock(decoder.decode(whole)))
  }
}

const nothing = new Uint8Array(0)

export function createSseSplitter(): FrameSplitter {
  return new SseSplitter()
}
