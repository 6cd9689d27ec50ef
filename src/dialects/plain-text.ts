/** The second view of a smaller body would cost more than it saves. */
const leastBytes = 4 * 1024

/**
 * Skips plain text inside of JSON strings, which most bytes of a large body are, four bytes at a time.
 * Null for a small body.
 */
export function plainTextOf(bytes: Uint8Array): PlainText | null {
  return bytes.length < leastBytes ? null : new PlainText(bytes)
}

class PlainText {
  readonly #bytes: Uint8Array
  readonly #words: Int32Array
  /** The first word begins so many bytes before the body. */
  readonly #skew: number

  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, length } = bytes
    this.#bytes = bytes
    this.#skew = byteOffset & 3
    this.#words = new Int32Array(buffer, byteOffset - this.#skew, (length + this.#skew) >> 2)
  }

  /** How far the text is plain for certain: to the word that holds its first other byte, at most. */
  end(from: number): number {
    const skew = this.#skew
    const words = this.#words
    let place = (from + skew + 3) >> 2
    for (let at = from; at < (place << 2) - skew; at++) if (!isPlainByte(this.#bytes[at])) return at
    while (place < words.length && isPlain(words[place] ?? 0)) place++
    return (place << 2) - skew
  }
}

export type { PlainText }

/**
 * Whether four bytes hold no quote, no backslash and no control character. Taking a number from each
 * byte borrows from the one above only where the byte itself is smaller, and one such is enough. With its
 * second bit turned a quote is as small as a control character, and nothing else becomes so.
 */
function isPlain(word: number): boolean {
  const found = ((word ^ 0x02020202) - 0x21212121) | ((word ^ 0x5c5c5c5c) - 0x01010101)
  return (found & ~word & 0x80808080) === 0
}

function isPlainByte(byte = 0): boolean {
  return byte >= 0x20 && byte !== 0x22 && byte !== 0x5c
}
