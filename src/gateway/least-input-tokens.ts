/**
 * Plain English prose has 4.5 to 5.2 bytes per token in the most thrifty tokenizers, all else fewer;
 * only long words over and over reach 6.
 */
const mostBytesPerToken = 5.8
/** Ids, roles and types are not prompt, or are replaced by a token or two. */
const shortestText = 32
/** From here on a string without a blank may be a file. */
const shortestFile = 512

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const COLON = 0x3a
const LETTER_U = 0x75

/**
 * Tokens that the input of a request certainly has. Only long strings count, no keys, no files, no
 * thoughts of earlier turns, which many providers leave out; runs of blanks count once, as code is
 * indented by one token however deep; an escape counts as one byte.
 */
export function leastInputTokens(body: Buffer): number {
  let bytes = 0
  let key = ''
  for (let at = body.indexOf(QUOTE); at !== -1; at = body.indexOf(QUOTE, at)) {
    const text = readString(body, at + 1)
    at = text.end + 1
    if (isKey(body, at))
      key = body.toString('latin1', text.start, Math.min(text.end, text.start + 32))
    else if (text.bytes >= shortestText && !thoughts.has(key) && !isFile(body, key, text)) {
      bytes += text.bytes
    }
  }
  return Math.floor(bytes / mostBytesPerToken)
}

interface Text {
  readonly start: number
  /** Of the closing quote. */
  readonly end: number
  /** As if all of it were English. */
  readonly bytes: number
  readonly blanks: number
}

/** From behind the opening quote to the closing one. */
function readString(body: Buffer, start: number): Text {
  let bytes = 0
  let blanks = 0
  let last = 0
  let at = start
  for (; at < body.length; at++) {
    const byte = body[at] ?? QUOTE
    if (byte === QUOTE) break
    if (byte === SPACE) {
      blanks++
      if (last !== SPACE) bytes++
    } else if (byte === BACKSLASH) {
      at += body[at + 1] === LETTER_U ? 5 : 1
      bytes++
    } else {
      bytes += leastWeight(byte)
    }
    last = byte
  }
  return { start, end: at, bytes, blanks }
}

/** A letter by its first byte, in bytes of English: the fewest tokens that any tokenizer makes of it. */
function leastWeight(byte: number): number {
  if (byte < 0x80) return 1
  if (byte < 0xc0) return 0
  return byte < 0xe0 ? 1 : 1.6
}

function isKey(body: Buffer, behind: number): boolean {
  let at = behind
  while (at < body.length && (body[at] ?? 0) <= SPACE) at++
  return body[at] === COLON
}

const thoughts = new Set(['thinking', 'reasoning', 'reasoning_content'])

/** Keys whose strings are base64 when they hold no blank. */
const fileKeys = new Set([
  'data',
  'file_data',
  'signature',
  'thoughtSignature',
  'thought_signature',
])

/** Base64 under a name of its own, in a data URL, or anywhere else by the variety of its letters. */
function isFile(body: Buffer, key: string, { start, end, blanks }: Text): boolean {
  if (blanks > 0 || end - start < shortestFile) return false
  const head = body.toString('latin1', start, start + shortestFile)
  if (fileKeys.has(key) || /^data:[^,]*;base64,/.test(head)) return true
  return /^[A-Za-z\d+/=_\\-]+$/.test(head) && new Set(head).size >= leastVariety
}

/** Of 64 letters base64 uses nearly all; one letter repeated is text. */
const leastVariety = 30
