const LF = 0x0a

/** Decodes a chunked body as its bytes arrive. */
export interface ChunkedBody {
  /** Takes bytes; returns what is left over after the last chunk, or null while it has not come. */
  push(bytes: Buffer): Buffer | null
  readonly parts: readonly Buffer[]
}

/** Tolerant: bare LF for CRLF, extensions and trailers skipped, a broken size reads as the last chunk. */
export function createChunkedBody(): ChunkedBody {
  const parts: Buffer[] = []
  let rest: Buffer = Buffer.alloc(0)
  let missing = 0
  let state: 'size' | 'content' | 'content-end' | 'trailer' = 'size'

  function takeLine(): string | null {
    const end = rest.indexOf(LF)
    if (end < 0) return null
    const line = rest.toString('latin1', 0, end).trim()
    rest = rest.subarray(end + 1)
    return line
  }

  function takeContent(): boolean {
    const piece = rest.subarray(0, missing)
    if (piece.length > 0) parts.push(piece)
    rest = rest.subarray(piece.length)
    missing -= piece.length
    return missing === 0
  }

  /** True when it got on, false when it needs more bytes, null at the end. */
  function step(): boolean | null {
    if (state === 'content') {
      if (!takeContent()) return false
      state = 'content-end'
      return true
    }
    const line = takeLine()
    if (line === null) return false
    if (state === 'content-end') state = 'size'
    else if (state === 'trailer') return line === '' ? null : true
    else {
      missing = Number.parseInt(line, 16) || 0
      state = missing === 0 ? 'trailer' : 'content'
    }
    return true
  }

  return {
    parts,
    push(bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      let went = step()
      while (went === true) went = step()
      return went === null ? rest : null
    },
  }
}
