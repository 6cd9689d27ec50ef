import type { Socket } from 'node:net'
import type { Faults } from '../behaviour/fault-names.ts'
import type { Playback } from '../play.ts'
import { play } from '../play.ts'
import type { PlannedReply } from '../wire/planned-reply.ts'
import type { Witness } from './http-stage.ts'
import { createHttpStage } from './http-stage.ts'
import type { RequestHead } from './read-head.ts'
import type { TimerWheel } from './timer-wheel.ts'
import type { Framing } from './write-head.ts'

/** A reset must not overtake the bytes before it on their way through the client's kernel. */
const RESET_AFTER_MS = 5

/** Plays a reply on a socket and, where it ends in closing or reset, does that. */
export function perform(
  reply: PlannedReply,
  startMs: number,
  request: RequestHead,
  faults: Faults,
  socket: Socket,
  wheel: TimerWheel,
  witness: Witness,
): Playback {
  const framing = framingOf(reply, request, faults)
  const stage = createHttpStage(socket, framing, faults, {
    head: witness.head,
    ended(ending) {
      if (ending === 'fin') socket.destroySoon()
      if (ending === 'rst') wheel.at(wheel.nowMs() + RESET_AFTER_MS, () => reset(socket))
      witness.ended(ending)
    },
  })
  const shown = request.method === 'HEAD' ? { ...reply, pieces: [][Symbol.iterator]() } : reply
  return play(shown, startMs, stage, wheel)
}

function framingOf(reply: PlannedReply, request: RequestHead, faults: Faults): Framing {
  if (faults.has('http10')) return 'close'
  if (reply.length !== null || request.method === 'HEAD') return 'length'
  return request.version === '1.0' ? 'close' : 'chunked'
}

/** Whether the connection may carry another request after a reply that ended well. */
export function isReusable(request: RequestHead, reply: PlannedReply, faults: Faults): boolean {
  if (faults.has('close') || framingOf(reply, request, faults) === 'close') return false
  const wish = request.headers['connection']?.toLowerCase() ?? ''
  return request.version === '1.0' ? wish.includes('keep-alive') : !wish.includes('close')
}

/** Sends RST. A TLS socket cannot; it is cut without a farewell instead. */
export function reset(socket: Socket): void {
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}
