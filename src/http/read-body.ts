import type { IncomingMessage } from 'node:http'
import { type Failure, failed, failure, type Outcome, ok } from '../core/failure.ts'
import { createRoster, type Member } from '../gateway/roster.ts'

/** A sender that is silent for so long in the middle of its body is given up. */
const idleMs = 30_000
const sweepEveryMs = 5_000

export type BodyReader = (
  message: IncomingMessage,
  limitBytes: number,
  done: (body: Outcome<Uint8Array>) => void,
) => void

interface Reading extends Member {
  heardMs: number
  giveUp(why: Failure): void
}

export interface BodyReaders {
  readonly read: BodyReader
  /** Ends the reading of all bodies that are still coming. */
  giveUp(why: Failure): void
  /** No more bodies will be read. */
  stop(): void
}

/**
 * Reads bodies whole, counting what really comes: `content-length` may lie and chunked bodies have
 * none. Calls back once; never when the client goes away meanwhile. Silent senders are found by one
 * sweep over all, because a timer for each request would cost more than reading it.
 */
export function createBodyReader(nowMs: () => number): BodyReaders {
  const readings = createRoster<Reading>()
  const sweep = setInterval(() => {
    const latestMs = nowMs() - idleMs
    for (const reading of readings.members()) {
      if (reading.heardMs < latestMs) reading.giveUp(silent())
    }
  }, sweepEveryMs)
  sweep.unref()

  const read: BodyReader = (message, limitBytes, done) => {
    const pieces: Buffer[] = []
    let bytes = 0
    const finish = (outcome: Outcome<Uint8Array>) => {
      if (readings.leave(reading)) done(outcome)
    }
    const reading: Reading = {
      rosterPlace: -1,
      heardMs: nowMs(),
      giveUp: (why) => finish(failed(why)),
    }
    readings.join(reading)
    message.on('data', (piece: Buffer) => {
      reading.heardMs = nowMs()
      bytes += piece.length
      if (bytes <= limitBytes) {
        pieces.push(piece)
        return
      }
      pieces.length = 0
      finish(failed(tooLarge(limitBytes)))
    })
    message.on('end', () => {
      const [only] = pieces
      finish(ok(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, bytes)))
    })
    message.on('close', () => readings.leave(reading))
  }
  return {
    read,
    giveUp(why) {
      for (const reading of readings.members()) reading.giveUp(why)
    },
    stop: () => clearInterval(sweep),
  }
}

export function tooLarge(limitBytes: number): Failure {
  const mebibytes = limitBytes / 1024 / 1024
  const limit = mebibytes < 1 ? `${limitBytes} bytes` : `${Math.floor(mebibytes)} MiB`
  return failure(
    'request_too_large',
    `The body is larger than this gateway takes (${limit}); see server.bodyLimit.`,
  )
}

function silent(): Failure {
  return failure('invalid_request', `The body stopped coming for ${idleMs / 1000} s.`)
}
