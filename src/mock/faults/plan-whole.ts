import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Faults } from '../behaviour/fault-names.ts'
import { wholeAtMs } from '../wire/pace.ts'
import type { Piece } from '../wire/piece.ts'
import type { PlannedReply } from '../wire/planned-reply.ts'
import type { MockReply, WholeBody } from '../wire/reply.ts'
import { cutOf } from './ending.ts'
import { swollen, withBytes } from './pieces.ts'

export function planWhole(
  reply: MockReply,
  body: WholeBody,
  behaviour: Behaviour,
  random: () => number,
): PlannedReply {
  const { faults } = behaviour.trouble
  const atMs = wholeAtMs(behaviour, body.tokens, random)
  const bytes = faults.has('bad-json') ? body.bytes.slice(0, body.bytes.length >> 1) : body.bytes
  const piece: Piece = { bytes, atMs, part: 'finish', tokens: body.tokens }
  const { ending, after } = cutOf(faults)
  const healthy = faults.size === 0 ? piece : withGarbage(piece, faults)
  const sent = after === null ? healthy : cutWhole(healthy, after)
  const announced = ending === 'finish' ? sent : healthy
  const pieces = faults.has('endless') ? swollen([sent], Number.POSITIVE_INFINITY) : [sent]
  const contentType = faults.has('wrong-type') ? 'text/html' : body.contentType
  return {
    status: reply.status,
    headers: [['content-type', contentType], ...reply.headers],
    headAtMs: behaviour.preambleMs,
    length: faults.has('cut-chunk') ? null : Buffer.byteLength(announced.bytes),
    pieces: pieces[Symbol.iterator](),
    ending,
  }
}

function withGarbage(piece: Piece, faults: Faults): Piece {
  let pieces: Iterable<Piece> = [piece]
  if (faults.has('nul')) pieces = withBytes(pieces, 0, Uint8Array.of(0))
  if (faults.has('bad-utf8')) pieces = withBytes(pieces, 0, Uint8Array.of(0xc3, 0x28, 0xff))
  const [spoiled] = pieces
  return spoiled ?? piece
}

/** As much of a body as its first tokens take; half of one that has no tokens. */
function cutWhole(piece: Piece, after: number): Piece {
  const bytes = Buffer.from(piece.bytes)
  const share = piece.tokens > after ? after / piece.tokens : 0.5
  return { ...piece, bytes: bytes.subarray(0, Math.floor(bytes.length * share)) }
}
