import type { JsonValue } from '../core/json.ts'
import { parseJson } from '../core/json.ts'
import type { LazyList } from './request-content.ts'
import type { Span } from './scan-json.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COMMA = 0x2c

const decoder = new TextDecoder()

/**
 * The elements of an array in bytes that are known to be valid JSON; null where the span is no array.
 * Elements are passed over without a parse, strings by a search for their end, so the first words of
 * a long conversation cost as little as those of a short one.
 */
export function lazyList(bytes: Uint8Array, span: Span): LazyList | null {
  if (bytes[span.start] !== OPEN_ARRAY) return null
  const spans: Span[] = []
  const parsed = new Map<number, JsonValue | undefined>()
  let at = span.start + 1
  const close = span.end - 1
  const findUntil = (index: number): void => {
    while (spans.length <= index && at < close) {
      const end = elementEnd(bytes, at, close)
      // Only an array without elements has nothing but blanks here.
      if (spans.length > 0 || !isBlank(bytes, at, end)) spans.push({ start: at, end })
      at = end + 1
    }
  }
  return {
    length() {
      findUntil(Number.POSITIVE_INFINITY)
      return spans.length
    },
    has(index) {
      findUntil(index)
      return spans[index] !== undefined
    },
    at(index) {
      if (parsed.has(index)) return parsed.get(index)
      findUntil(index)
      const found = spans[index]
      if (found === undefined) return undefined
      const value = parseJson(decoder.decode(bytes.subarray(found.start, found.end)))
      parsed.set(index, value)
      return value
    },
  }
}

/** Where the comma after an element stands, or the bracket that closes the array. */
function elementEnd(bytes: Uint8Array, start: number, close: number): number {
  let depth = 0
  let at = start
  while (at < close) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = stringEnd(bytes, at)
      continue
    }
    if (byte === COMMA && depth === 0) return at
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--
    at++
  }
  return close
}

/** Behind the quote that ends a string: the first with an even number of backslashes before it. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let quote = start
  for (;;) {
    quote = bytes.indexOf(QUOTE, quote + 1)
    if (quote === -1) return bytes.length
    let escapes = 0
    while (bytes[quote - 1 - escapes] === BACKSLASH) escapes++
    if (escapes % 2 === 0) return quote + 1
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) > 0x20) return false
  return true
}
