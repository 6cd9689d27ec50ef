import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Faults } from '../behaviour/fault-names.ts'
import type { ReplyFrame } from '../wire/frame.ts'
import { paceOf } from '../wire/pace.ts'
import type { Piece } from '../wire/piece.ts'
import { jsonArrayPieces, ssePieces } from '../wire/piece.ts'
import type { PlannedReply } from '../wire/planned-reply.ts'
import type { MockReply, StreamBody } from '../wire/reply.ts'
import { cutOf } from './ending.ts'
import { afterTheEnd, brokenJson, twoFinishes } from './frames.ts'
import { cutAfter, withBytes, withComments, without } from './pieces.ts'

/** Announced by a stream that will not keep it. */
const FALSE_LENGTH = 10_000_000

export function planStream(
  reply: MockReply,
  body: StreamBody,
  behaviour: Behaviour,
  random: () => number,
): PlannedReply {
  const { faults } = behaviour.trouble
  const pace = paceOf(behaviour, random)
  const frames = spoiledFrames(body.frames, faults)
  const framed =
    body.framing === 'sse' ? ssePieces(frames, pace, body.crlf) : jsonArrayPieces(frames, pace)
  const pieces = faults.size === 0 ? framed : spoiledPieces(framed, body, faults)
  return {
    status: reply.status,
    headers: [
      ['content-type', contentType(body, faults)],
      ['cache-control', 'no-cache'],
      ...reply.headers,
    ],
    headAtMs: behaviour.preambleMs,
    length: faults.has('cut-length') ? FALSE_LENGTH : null,
    pieces: pieces[Symbol.iterator](),
    ending: cutOf(faults).ending,
  }
}

function contentType(body: StreamBody, faults: Faults): string {
  if (faults.has('wrong-type')) return 'text/html'
  return body.framing === 'sse' ? 'text/event-stream; charset=utf-8' : 'application/json'
}

function spoiledFrames(frames: Iterable<ReplyFrame>, faults: Faults): Iterable<ReplyFrame> {
  let spoiled = frames
  const broken = faults.get('bad-json')
  if (broken !== undefined) spoiled = brokenJson(spoiled, broken)
  if (faults.has('two-finish')) spoiled = twoFinishes(spoiled)
  if (faults.has('after-done')) spoiled = afterTheEnd(spoiled)
  return spoiled
}

const terminal = new Set(['terminal'] as const)
const theEnd = new Set(['finish', 'usage', 'terminal'] as const)

function spoiledPieces(pieces: Iterable<Piece>, body: StreamBody, faults: Faults): Iterable<Piece> {
  let spoiled = pieces
  const nul = faults.get('nul')
  if (nul !== undefined) spoiled = withBytes(spoiled, nul, Uint8Array.of(0))
  const garbled = faults.get('bad-utf8')
  if (garbled !== undefined) spoiled = withBytes(spoiled, garbled, Uint8Array.of(0xc3, 0x28, 0xff))
  const cut = cutOf(faults)
  if (cut.after !== null) spoiled = cutAfter(spoiled, cut.after, cut.torn)
  if (faults.has('no-done')) spoiled = without(spoiled, terminal)
  if (faults.has('no-finish')) spoiled = without(spoiled, theEnd)
  return faults.has('comments') ? withComments(spoiled, body.framing, body.pings) : spoiled
}
