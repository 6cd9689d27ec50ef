/** One array of all pieces; `bytes` is their total length. A single piece is returned as it is. */
export function concatenate(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = pieces
  if (pieces.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
