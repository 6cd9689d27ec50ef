import { bytesPerUnit, writeUtf8 } from './utf8.ts'

/** A part of JSON text that is written again and again, encoded once. */
export interface Piece {
  /** In bytes. */
  readonly length: number
  /** Four bytes each, the first of them lowest: copying is most of what a line costs. */
  readonly words: Uint32Array
}

export function pieceOf(json: string): Piece {
  const bytes = new Uint8Array(json.length * bytesPerUnit)
  const length = writeUtf8(json, bytes, 0)
  const words = new Uint32Array(Math.ceil(length / 4))
  for (let at = 0; at < length; at++) {
    const word = words[at >> 2] ?? 0
    words[at >> 2] = word | ((bytes[at] ?? 0) << ((at & 3) * 8))
  }
  return { length, words }
}
