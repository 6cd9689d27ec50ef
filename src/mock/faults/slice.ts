import type { Faults } from '../behaviour/fault-names.ts'
import type { Piece } from '../wire/piece.ts'

const LONGEST_SLICE = 64

/**
 * The pieces cut smaller where the faults say so: to single bytes, which parts characters, line ends
 * and JSON wherever they can be parted, or to slices of seeded lengths. Each is written by itself.
 */
export function slicedFor(
  pieces: Iterable<Piece>,
  faults: Faults,
  random: () => number,
): Iterable<Piece> {
  if (faults.has('one-byte')) return cut(pieces, () => 1)
  if (!faults.has('split')) return pieces
  return cut(pieces, () => 1 + Math.floor(random() * LONGEST_SLICE))
}

function* cut(pieces: Iterable<Piece>, length: () => number): Generator<Piece> {
  for (const piece of pieces) {
    const bytes = Buffer.from(piece.bytes)
    for (let start = 0; start < bytes.length; ) {
      const end = start + length()
      yield { ...piece, bytes: bytes.subarray(start, end), apart: true }
      start = end
    }
  }
}
