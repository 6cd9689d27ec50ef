import { concatenate } from './bytes.ts'
import { type FrameSink, type FrameSplitter, maxFrameBytes } from './split-sse.ts'

const QUOTE = 0x22
const BRACKET_OPENS = 0x5b
const BACKSLASH = 0x5c
const BRACKET_CLOSES = 0x5d
const BRACE_OPENS = 0x7b
const BRACE_CLOSES = 0x7d
const decoder = new TextDecoder()

/**
 * Splits a JSON array of objects, as Gemini streams it, into its elements. What stands before an
 * element (bracket, comma, white space) travels with it, so that after each piece an error element
 * may follow; the closing bracket comes alone, without a frame. Works on bytes: chunk borders may
 * fall anywhere, also inside an escape or a UTF-8 sequence. `limit` is the most bytes one element
 * may have.
 */
export function createJsonArraySplitter(limit: number = maxFrameBytes): FrameSplitter {
  let held: Uint8Array[] = []
  let heldBytes = 0
  /** Bytes held before the element begins. */
  let lead = 0
  let depth = 0
  let inString = false
  let escaped = false

  const give = (raw: Uint8Array, isElement: boolean, sink: FrameSink) => {
    const whole = heldBytes === 0 ? raw : concatenate([...held, raw], heldBytes + raw.length)
    held = []
    heldBytes = 0
    const data = isElement ? decoder.decode(whole.subarray(lead)) : null
    sink(whole, data === null ? null : { event: null, data })
  }
  /** Takes one byte of an element; true for its last. */
  const endsElement = (byte: number | undefined): boolean => {
    if (inString) {
      if (escaped) escaped = false
      else if (byte === BACKSLASH) escaped = true
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === BRACE_OPENS || byte === BRACKET_OPENS) depth++
    else if (byte === BRACE_CLOSES || byte === BRACKET_CLOSES) depth--
    return depth === 0
  }

  return {
    push(chunk, sink) {
      let start = 0
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at]
        const between = depth === 0
        if (between && byte === BRACE_OPENS) {
          lead = heldBytes + at - start
          depth = 1
        } else if (between ? byte === BRACKET_CLOSES : endsElement(byte)) {
          give(chunk.subarray(start, at + 1), !between, sink)
          start = at + 1
        }
      }
      if (start < chunk.length) {
        const rest = start === 0 ? chunk : chunk.subarray(start)
        held.push(rest)
        heldBytes += rest.length
      }
      return heldBytes <= limit
    },
    end(sink) {
      if (heldBytes > 0) give(new Uint8Array(0), depth > 0, sink)
    },
  }
}
