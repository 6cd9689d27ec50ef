import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Faults } from '../behaviour/fault-names.ts'
import type { Piece } from '../wire/piece.ts'

/** What the faults say about compression, as `content-encoding` writes it; null for none. */
export function encodingOf(faults: Faults): string | null {
  if (faults.has('nested')) return 'gzip, gzip'
  if (faults.has('gzip') || faults.has('bomb')) return 'gzip'
  return faults.has('br') || faults.has('bomb-br') ? 'br' : null
}

/** The pieces compressed, or a bomb in their place, as the faults say. */
export function encoded(pieces: Iterable<Piece>, faults: Faults): Iterable<Piece> {
  const bomb = faults.get('bomb')
  if (bomb !== undefined) return gzipBomb(pieces, bomb)
  const brotli = faults.get('bomb-br')
  if (brotli !== undefined) return brotliBomb(pieces, brotli)
  if (faults.has('nested')) return gzipped(gzipped(pieces))
  if (faults.has('gzip')) return gzipped(pieces)
  return faults.has('br') ? brotlied(pieces) : pieces
}

/**
 * Each piece as a gzip member of its own: members one after the other are one valid gzip stream
 * (RFC 1952 §2.2), so events leave as they come and nothing is held.
 */
function* gzipped(pieces: Iterable<Piece>): Generator<Piece> {
  for (const piece of pieces) yield { ...piece, bytes: gzipSync(piece.bytes) }
}

/** Brotli has no members: everything is compressed together and goes out with the first piece. */
function* brotlied(pieces: Iterable<Piece>): Generator<Piece> {
  const all = [...pieces]
  const [first] = all
  if (first === undefined) return
  const bytes = Buffer.concat(all.map((piece) => Buffer.from(piece.bytes)))
  yield { ...first, bytes: brotliCompressSync(bytes) }
}

const MIB = 1024 * 1024

/** Gzip that unpacks to a JSON string of so many MiB; about a kilobyte on the wire for each. */
function* gzipBomb(pieces: Iterable<Piece>, mebibytes: number): Generator<Piece> {
  const [first] = pieces
  if (first === undefined) return
  const block = gzipSync('0'.repeat(MIB), { level: 9 })
  yield { ...first, bytes: gzipSync('{"padding":"') }
  for (let count = 0; count < mebibytes; count++) yield { ...first, bytes: block }
  yield { ...first, bytes: gzipSync('"}') }
}

/** The same in brotli: a few hundred bytes in all. */
function* brotliBomb(pieces: Iterable<Piece>, mebibytes: number): Generator<Piece> {
  const [first] = pieces
  if (first === undefined) return
  const text = Buffer.concat([
    Buffer.from('{"padding":"'),
    Buffer.alloc(mebibytes * MIB, '0'),
    Buffer.from('"}'),
  ])
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5 }
  yield { ...first, bytes: brotliCompressSync(text, { params }) }
}
