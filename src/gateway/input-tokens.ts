import { isAscii } from 'node:buffer'
import { fileBytesPerToken, filesIn } from './files-in-body.ts'

/** Bytes per token of JSON in English, code and markup: 3 to 5. */
const bytesPerToken = 4
/** Bodies up to this size hold no file that would matter. */
const smallBody = 4_096

/**
 * Tokens of a request, estimated from its bytes: text by its letters, files in base64 by their size.
 * A full parse or a tokenizer would cost more than everything else a request passes through.
 */
export function estimateInputTokens(body: Buffer): number {
  if (body.length <= smallBody) return Math.ceil(body.length / bytesPerToken)
  const { bytes, tokens } = filesIn(body)
  const textBytes = isAscii(body) ? plainBytes(body) : foreignBytes(body)
  return tokens + Math.ceil(Math.max(0, textBytes - bytes) / bytesPerToken)
}

/** Tokens of a form: next to nothing of it is text. */
export function estimateFormTokens(body: Uint8Array): number {
  return Math.ceil(body.length / fileBytesPerToken)
}

/**
 * ASCII, in which some clients write every foreign letter as `\u4f60`: six bytes that make about one
 * token of four.
 */
function plainBytes(body: Buffer): number {
  let escapes = 0
  for (let at = body.indexOf('\\u'); at !== -1; at = body.indexOf('\\u', at + 6)) escapes++
  return body.length - escapes * 3
}

/**
 * Other scripts, as if they were as many bytes of English: a letter of two bytes (Cyrillic, Greek,
 * Arabic) is 0.4 tokens, one of three (Chinese, Thai) 0.75, one of four (emoji) 1.5.
 */
function foreignBytes(body: Buffer): number {
  let bytes = 0
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0
    if (byte < 0x80) bytes += 1
    else if (byte >= 0xf0) bytes += 6
    else if (byte >= 0xe0) bytes += 3
    else if (byte >= 0xc0) bytes += 1.6
  }
  return bytes
}
