import { type JsonValue, parseJson } from '../core/json.ts'
import type { Members } from './dialect.ts'
import { type PlainText, plainTextOf } from './plain-text.ts'

/** Bytes `start` (inclusive) to `end` (exclusive) of a value. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type Scan =
  | { readonly ok: true; readonly members: ReadonlyMap<string, Span> }
  | { readonly ok: false; readonly problem: string; readonly offset: number }

/** Deeper than any real request; a parser that recurses would fail further in. */
export const maxJsonDepth = 128

const decoder = new TextDecoder()

/**
 * Walks a JSON object once, by the grammar of RFC 8259, and notes where its top-level members stand.
 * Nothing is built: a body that passes through is never parsed, only checked and spliced. Runs in
 * O(bytes) without recursion, so nesting cannot exhaust the stack.
 */
export function scanObject(bytes: Uint8Array): Scan {
  return new Scanner(bytes).run()
}

/** Reads members of a scanned object on demand. */
export function membersOf(bytes: Uint8Array, members: ReadonlyMap<string, Span>): Members {
  return {
    has: (name) => members.has(name),
    get: (name): JsonValue | undefined => {
      const span = members.get(name)
      return span === undefined
        ? undefined
        : parseJson(decoder.decode(bytes.subarray(span.start, span.end)))
    },
  }
}

// Character codes the grammar needs.
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39

class Scanner {
  readonly #bytes: Uint8Array
  readonly #plain: PlainText | null
  #at = 0
  #problem: { problem: string; offset: number } | null = null

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#plain = plainTextOf(bytes)
  }

  run(): Scan {
    const members = new Map<string, Span>()
    this.#skipSpace()
    if (this.#bytes.length === this.#at) return this.#fail('the body is empty; send a JSON object')
    if (this.#bytes[this.#at] !== OPEN_OBJECT) return this.#fail('the body must be a JSON object')
    this.#at++
    if (!this.#members(members)) return { ok: false, ...this.#failure() }
    this.#skipSpace()
    if (this.#at < this.#bytes.length) return this.#fail('text after the end of the JSON object')
    return { ok: true, members }
  }

  #members(members: Map<string, Span>): boolean {
    this.#skipSpace()
    if (this.#bytes[this.#at] === CLOSE_OBJECT) return this.#advance()
    for (;;) {
      this.#skipSpace()
      const keyStart = this.#at
      if (!this.#string()) return false
      const key = this.#text(keyStart, this.#at)
      if (members.has(key)) return this.#stop(`duplicate key ${JSON.stringify(key)}`, keyStart)
      this.#skipSpace()
      if (!this.#expect(COLON, '":" after a key')) return false
      this.#skipSpace()
      const start = this.#at
      if (!this.#value()) return false
      members.set(key, { start, end: this.#at })
      this.#skipSpace()
      const next = this.#bytes[this.#at]
      if (next === CLOSE_OBJECT) return this.#advance()
      if (!this.#expect(COMMA, '"," or "}"')) return false
    }
  }

  #value(): boolean {
    const byte = this.#bytes[this.#at]
    return byte === OPEN_OBJECT || byte === OPEN_ARRAY ? this.#container() : this.#scalar(byte)
  }

  /** One value of any depth, containers tracked on an explicit stack of "is object" flags. */
  #container(): boolean {
    const stack: boolean[] = []
    for (;;) {
      this.#skipSpace()
      const byte = this.#bytes[this.#at]
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (stack.length + 2 > maxJsonDepth) {
          return this.#stop(`nested deeper than ${maxJsonDepth} levels`, this.#at)
        }
        this.#at++
        this.#skipSpace()
        const isObject = byte === OPEN_OBJECT
        if (this.#bytes[this.#at] === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
          this.#at++
        } else {
          stack.push(isObject)
          if (isObject && !this.#key()) return false
          continue
        }
      } else if (!this.#scalar(byte)) {
        return false
      }
      const closed = this.#close(stack)
      if (closed !== 'more') return closed === 'done'
    }
  }

  /** After a value: closes what ends here and stands at the next value, if there is one. */
  #close(stack: boolean[]): 'more' | 'done' | 'failed' {
    for (;;) {
      if (stack.length === 0) return 'done'
      const isObject = stack[stack.length - 1]
      this.#skipSpace()
      const byte = this.#bytes[this.#at]
      if (byte === COMMA) {
        this.#at++
        return !isObject || this.#key() ? 'more' : 'failed'
      }
      if (byte !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        this.#expect(COMMA, isObject ? '"," or "}"' : '"," or "]"')
        return 'failed'
      }
      this.#at++
      stack.pop()
    }
  }

  #key(): boolean {
    this.#skipSpace()
    if (!this.#string()) return false
    this.#skipSpace()
    return this.#expect(COLON, '":" after a key')
  }

  #scalar(byte: number | undefined): boolean {
    switch (byte) {
      case QUOTE:
        return this.#string()
      case 0x74:
        return this.#word('true')
      case 0x66:
        return this.#word('false')
      case 0x6e:
        return this.#word('null')
      default:
        return this.#number()
    }
  }

  #string(): boolean {
    if (!this.#expect(QUOTE, 'a string in double quotes')) return false
    const bytes = this.#bytes
    const plain = this.#plain
    let at = this.#at
    for (;;) {
      if (plain !== null) at = plain.end(at)
      let byte = bytes[at]
      while (byte !== undefined && byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) {
        byte = bytes[++at]
      }
      if (byte === QUOTE) break
      if (byte === undefined) return this.#stop('a string does not end', at)
      if (byte !== BACKSLASH) {
        return this.#stop('a control character in a string; escape it', at)
      }
      const length = escapeLength(bytes, at + 1)
      if (length === 0) return this.#stop('an invalid escape in a string', at)
      at += 1 + length
    }
    this.#at = at + 1
    return true
  }

  #word(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#bytes[this.#at + i] !== word.charCodeAt(i))
        return this.#stop('a value is missing or misspelt', this.#at)
    }
    this.#at += word.length
    return true
  }

  /** `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?` */
  #number(): boolean {
    const start = this.#at
    if (this.#bytes[this.#at] === MINUS) this.#at++
    const leadingZero = this.#bytes[this.#at] === ZERO
    const whole = this.#digits()
    if (whole === 0 || (leadingZero && whole > 1))
      return this.#stop('a value is missing or misspelt', start)
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at++
      if (this.#digits() === 0) return this.#stop('digits must follow the decimal point', this.#at)
    }
    const exponent = this.#bytes[this.#at]
    if (exponent === 0x65 || exponent === 0x45) {
      this.#at++
      const sign = this.#bytes[this.#at]
      if (sign === 0x2b || sign === MINUS) this.#at++
      if (this.#digits() === 0) return this.#stop('digits must follow the exponent', this.#at)
    }
    return true
  }

  #digits(): number {
    const start = this.#at
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined || byte < ZERO || byte > NINE) return this.#at - start
      this.#at++
    }
  }

  /** Mostly there is none, and the first comparison tells. */
  #skipSpace(): void {
    const bytes = this.#bytes
    let at = this.#at
    for (;;) {
      const byte = bytes[at]
      if (byte === undefined || byte > 0x20) break
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
      at++
    }
    this.#at = at
  }

  /** The text of a key. Nearly all are short and plain, and need no decoder. */
  #text(start: number, end: number): string {
    if (end - start <= 34) {
      let text = ''
      let at = start + 1
      for (; at < end - 1; at++) {
        const byte = this.#bytes[at] ?? 0
        if (byte === BACKSLASH || byte >= 0x80) break
        text += String.fromCharCode(byte)
      }
      if (at === end - 1) return text
    }
    const value = parseJson(decoder.decode(this.#bytes.subarray(start, end)))
    return typeof value === 'string' ? value : ''
  }

  #advance(): true {
    this.#at++
    return true
  }

  #expect(byte: number, what: string): boolean {
    if (this.#bytes[this.#at] === byte) return this.#advance()
    return this.#stop(
      this.#at >= this.#bytes.length
        ? `the JSON ends too early, before ${what}`
        : `${what} expected`,
      this.#at,
    )
  }

  #stop(expected: string, offset: number): false {
    const cutOff = offset >= this.#bytes.length && !expected.startsWith('the JSON ends')
    this.#problem ??= {
      problem: cutOff ? `the JSON ends too early: ${expected}` : expected,
      offset,
    }
    return false
  }

  #failure(): { problem: string; offset: number } {
    return this.#problem ?? { problem: 'not valid JSON', offset: this.#at }
  }

  #fail(problem: string): Scan {
    return { ok: false, problem, offset: this.#at }
  }
}

/** Bytes of an escape after its backslash; 0 when it is none. */
function escapeLength(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 1
    case 0x75: // u
      for (let i = 1; i <= 4; i++) if (!isHex(bytes[at + i])) return 0
      return 5
    default:
      return 0
  }
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (
    (byte >= ZERO && byte <= NINE) ||
    (byte >= 0x41 && byte <= 0x46) ||
    (byte >= 0x61 && byte <= 0x66)
  )
}
