import type { Socket } from 'node:net'
import type { Behaviour } from '../behaviour/behaviour.ts'
import { plainBehaviour } from '../behaviour/behaviour.ts'
import { unanswered } from '../faults/ending.ts'
import { planReply } from '../faults/plan-reply.ts'
import { prepare } from '../prepare.ts'
import { parseBody } from '../request/parse-body.ts'
import type { MockReply } from '../wire/reply.ts'
import { controlReply } from './control.ts'
import type { Diary } from './diary.ts'
import { openDiary } from './diary.ts'
import type { House } from './house.ts'
import type { HowEnded } from './log.ts'
import { isReusable, perform, reset } from './perform.ts'
import type { ReadRequest } from './request-reader.ts'

/** One request and its answer, while it lasts. */
export interface Exchange {
  /** The socket can take more. */
  drained(): void
  /** It ended otherwise than by itself. */
  broken(how: HowEnded): void
}

/** What becomes of a connection after an answer that ended well. */
export interface Afterwards {
  readonly reusable: boolean
  /** Close it when idle for so long; null: do not. */
  readonly closeIdleMs: number | null
}

export interface Visit {
  readonly socket: Socket
  readonly connection: number
  readonly house: House
  /** The answer is out and ended well. May be called before `startExchange` returns. */
  done(after: Afterwards): void
}

/** Answers one request on a socket. */
export function startExchange(request: ReadRequest, visit: Visit): Exchange {
  const { wheel, log } = visit.house
  const control = controlReply(request.method, request.target, log)
  if (control !== null) return answerControl(request, control, visit)

  const atMs = wheel.nowMs()
  const number = visit.house.nextRequest()
  const { method, target, headers, bytes } = request
  const body = parseBody(bytes, headers['content-type'])
  const asked = { method, target, headers, body, bodyBytes: bytes.length }
  const prepared = prepare(asked, number, atMs, visit.house)
  const place = { connection: visit.connection, request: number, atMs }
  const diary = openDiary(asked, prepared, place, visit.socket, visit.house)
  const { behaviour } = prepared
  const { faults } = behaviour.trouble
  if (unanswered(faults) !== null) return leaveUnanswered(behaviour, atMs, diary, visit)

  const reply = prepared.plan()
  const playback = perform(reply, atMs, request, faults, visit.socket, wheel, {
    head: diary.head,
    ended(ending) {
      if (ending === 'silence') return
      diary.end(ending === 'finish' ? 'finished' : 'cut')
      if (ending !== 'finish') return
      const reusable = isReusable(request, reply, faults)
      visit.done({ reusable, closeIdleMs: behaviour.closeIdleMs })
    },
  })
  return {
    drained: () => playback.resume(),
    broken(how) {
      playback.stop()
      diary.end(how)
    },
  }
}

function answerControl(request: ReadRequest, control: MockReply, visit: Visit): Exchange {
  const { wheel } = visit.house
  const { faults } = plainBehaviour.trouble
  const reply = planReply(control, plainBehaviour, () => 0)
  const playback = perform(reply, wheel.nowMs(), request, faults, visit.socket, wheel, {
    head: () => {},
    ended: () => visit.done({ reusable: isReusable(request, reply, faults), closeIdleMs: null }),
  })
  return { drained: () => playback.resume(), broken: () => playback.stop() }
}

/** Resets or closes once the first token would be due, or keeps silent for good. */
function leaveUnanswered(
  behaviour: Behaviour,
  startMs: number,
  diary: Diary,
  { socket, house: { wheel } }: Visit,
): Exchange {
  const { faults } = behaviour.trouble
  const how = unanswered(faults)
  let cancel = () => {}
  if (how !== 'silence') {
    cancel = wheel.at(startMs + behaviour.firstTokenMs, () => {
      diary.end('cut')
      if (how === 'rst') reset(socket)
      else socket.destroySoon()
    })
  } else if (faults.has('no-read')) socket.pause()
  return {
    drained: () => {},
    broken(how) {
      cancel()
      diary.end(how)
    },
  }
}
