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
export function createSseSplitter(): FrameSplitter {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let lineIsEmpty = true
  let lastWasCr = false

  const give = (raw: Uint8Array, sink: FrameSink) => {
    const whole = heldBytes === 0 ? raw : concatenate([...held, raw], heldBytes + raw.length)
    held = []
    heldBytes = 0
    sink(whole, readSseBlock(decoder.decode(whole)))
  }

  return {
    push(chunk, sink) {
      let start = 0
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at]
        if (byte !== LF && byte !== CR) {
          lineIsEmpty = false
          lastWasCr = false
          continue
        }
        if (byte === LF && lastWasCr) {
          lastWasCr = false
          continue // the second half of CRLF
        }
        lastWasCr = byte === CR
        if (!lineIsEmpty) {
          lineIsEmpty = true
          continue
        }
        const end = byte === CR && chunk[at + 1] === LF ? at + 2 : at + 1
        give(chunk.subarray(start, end), sink)
        lastWasCr = byte === CR && end === at + 1
        at = end - 1
        start = end
      }
      if (start < chunk.length) {
        const rest = start === 0 ? chunk : chunk.subarray(start)
        held.push(rest)
        heldBytes += rest.length
      }
      return heldBytes <= maxFrameBytes
    },
    end(sink) {
      if (heldBytes > 0) give(new Uint8Array(0), sink)
    },
  }
}
