import type { FramePart } from '../wire/frame.ts'
import type { Piece } from '../wire/piece.ts'
import { isPast } from './frames.ts'

/** Leaves out some kinds of pieces: the terminal one, or all of the end. */
export function* without(pieces: Iterable<Piece>, parts: ReadonlySet<FramePart>): Generator<Piece> {
  for (const piece of pieces) {
    if (!parts.has(piece.part)) yield piece
  }
}

/** Nothing after token `at`; half of the next event still goes out when `torn`. */
export function* cutAfter(pieces: Iterable<Piece>, at: number, torn: boolean): Generator<Piece> {
  for (const piece of pieces) {
    if (isPast(piece, at)) {
      if (torn) yield firstHalf(piece)
      return
    }
    yield piece
  }
}

function firstHalf(piece: Piece): Piece {
  const bytes = Buffer.from(piece.bytes)
  const kept = bytes.subarray(0, Math.ceil(bytes.length / 2))
  return { ...piece, bytes: kept, lostBytes: bytes.length - kept.length }
}

const EVERY = 3

/** Comments between the events of a stream, and pings where the dialect has them. */
export function* withComments(
  pieces: Iterable<Piece>,
  framing: 'sse' | 'json-array',
  pings: boolean,
): Generator<Piece> {
  const comment = framing === 'sse' ? ': mock is still here\n\n' : '\n  \n'
  const ping = pings ? 'event: ping\ndata: {"type": "ping"}\n\n' : ''
  let count = 0
  for (const piece of pieces) {
    if (count++ % EVERY === 0) yield { ...piece, part: 'structure', bytes: comment + ping }
    yield piece
  }
}

const textStart = /"(?:content|text|delta|partial_json|thinking|arguments)":"/

/** Puts bytes into the text of the event after token `at`. */
export function* withBytes(
  pieces: Iterable<Piece>,
  at: number,
  inserted: Uint8Array,
): Generator<Piece> {
  let done = false
  for (const piece of pieces) {
    if (done || typeof piece.bytes !== 'string' || !isPast(piece, at)) {
      yield piece
      continue
    }
    done = true
    const found = textStart.exec(piece.bytes)
    const place = found === null ? piece.bytes.length >> 1 : found.index + found[0].length
    const before = Buffer.from(piece.bytes.slice(0, place))
    const after = Buffer.from(piece.bytes.slice(place))
    yield { ...piece, bytes: Buffer.concat([before, inserted, after]) }
  }
}

const BLOCK = 'x'.repeat(64 * 1024)

/** Makes the first JSON object `blocks` × 64 KiB longer, without a line end and without holding it. */
export function* swollen(pieces: Iterable<Piece>, blocks: number): Generator<Piece> {
  let done = false
  for (const piece of pieces) {
    const brace = typeof piece.bytes === 'string' ? piece.bytes.indexOf('{') : -1
    if (done || typeof piece.bytes !== 'string' || brace < 0) {
      yield piece
      continue
    }
    done = true
    yield { ...piece, bytes: `${piece.bytes.slice(0, brace + 1)}"padding":"` }
    for (let block = 0; block < blocks; block++) yield { ...piece, bytes: BLOCK }
    yield { ...piece, bytes: `",${piece.bytes.slice(brace + 1)}` }
  }
}
