import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Faults } from '../behaviour/fault-names.ts'
import type { Piece } from '../wire/piece.ts'
import type { PlannedReply } from '../wire/planned-reply.ts'
import type { MockReply } from '../wire/reply.ts'
import { encoded, encodingOf } from './encode.ts'
import { swollen } from './pieces.ts'
import { planStream } from './plan-stream.ts'
import { planWhole } from './plan-whole.ts'
import { slicedFor } from './slice.ts'

const BLOCKS_PER_MIB = 16

/** Sets the times of a reply and works its faults in, except those that need a socket. */
export function planReply(
  reply: MockReply,
  behaviour: Behaviour,
  random: () => number,
): PlannedReply {
  const { body } = reply
  const planned =
    body.kind === 'whole'
      ? planWhole(reply, body, behaviour, random)
      : planStream(reply, body, behaviour, random)
  const { faults } = behaviour.trouble
  if (faults.size === 0) return planned
  if (faults.has('silent-body')) return silenced(planned, behaviour)
  const encoding = encodingOf(faults)
  const pieces = encoded(swell({ [Symbol.iterator]: () => planned.pieces }, faults), faults)
  const sameLength = encoding === null && !faults.has('long-event') && !faults.has('endless')
  return {
    ...planned,
    headers:
      encoding === null ? planned.headers : [...planned.headers, ['content-encoding', encoding]],
    length: sameLength ? planned.length : null,
    pieces: slicedFor(pieces, faults, random)[Symbol.iterator](),
  }
}

function silenced(planned: PlannedReply, behaviour: Behaviour): PlannedReply {
  const headAtMs = behaviour.preambleMs ?? behaviour.firstTokenMs
  return { ...planned, headAtMs, pieces: [][Symbol.iterator](), ending: 'silence' }
}

/** Padding for a whole body that never ends, and for one event (or body) of a set size. */
function swell(pieces: Iterable<Piece>, faults: Faults): Iterable<Piece> {
  const mebibytes = faults.get('long-event')
  return mebibytes === undefined ? pieces : swollen(pieces, mebibytes * BLOCKS_PER_MIB)
}
