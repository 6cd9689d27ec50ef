import type { IncomingMessage } from 'node:http'
import { type Failure, failed, failure, type Outcome, ok } from '../core/failure.ts'
import { createRoster, type Member, type Roster } from '../gateway/roster.ts'
import type { BodySink, ClientRequest } from './client-request.ts'

/** A sender that is silent for so long in the middle of its body is given up. */
const idleMs = 30_000
const sweepEveryMs = 5_000

export type BodyReader = (
  message: IncomingMessage,
  limitBytes: number,
  done: (body: Outcome<Uint8Array>) => void,
) => void

export interface BodyReaders {
  readonly read: BodyReader
  /** The same for a request that has only been announced, at less cost. */
  readonly readNew: (
    request: ClientRequest,
    limitBytes: number,
    done: (body: Outcome<Uint8Array>) => void,
  ) => void
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

  return {
    read(message, limitBytes, done) {
      const reading = new Reading(readings, nowMs, limitBytes, done)
      message.on('data', (piece: Buffer) => reading.take(piece))
      message.on('end', () => reading.end())
      message.on('close', () => reading.cutOff())
    },
    readNew(request, limitBytes, done) {
      request.pourInto(new Reading(readings, nowMs, limitBytes, done))
    },
    giveUp(why) {
      for (const reading of readings.members()) reading.giveUp(why)
    },
    stop: () => clearInterval(sweep),
  }
}

/** One body on its way in. */
class Reading implements Member, BodySink {
  rosterPlace = -1
  heardMs: number
  readonly #readings: Roster<Reading>
  readonly #nowMs: () => number
  readonly #limitBytes: number
  readonly #done: (body: Outcome<Uint8Array>) => void
  #pieces: Uint8Array[] = []
  #bytes = 0

  constructor(
    readings: Roster<Reading>,
    nowMs: () => number,
    limitBytes: number,
    done: (body: Outcome<Uint8Array>) => void,
  ) {
    this.#readings = readings
    this.#nowMs = nowMs
    this.heardMs = nowMs()
    this.#limitBytes = limitBytes
    this.#done = done
    readings.join(this)
  }

  take(piece: Uint8Array): void {
    this.heardMs = this.#nowMs()
    this.#bytes += piece.length
    if (this.#bytes <= this.#limitBytes) {
      this.#pieces.push(piece)
      return
    }
    this.#pieces = []
    this.#finish(failed(tooLarge(this.#limitBytes)))
  }

  end(): void {
    const pieces = this.#pieces
    const [only] = pieces
    const whole = pieces.length === 1 && only !== undefined
    this.#finish(ok(whole ? only : Buffer.concat(pieces, this.#bytes)))
  }

  cutOff(): void {
    this.#readings.leave(this)
  }

  giveUp(why: Failure): void {
    this.#finish(failed(why))
  }

  #finish(outcome: Outcome<Uint8Array>): void {
    if (this.#readings.leave(this)) this.#done(outcome)
  }
}

export function tooLarge(limitBytes: number): Failure {
  const mebibytes = limitBytes / 1024 / 1024
  const limit = mebibytes < 1 ? `${limitBytes} bytes` : `${Math.floor(mebibytes)} MiB`
  return failure(
    'request_too_large',
    `The body is larger than this path takes (${limit}); for requests to models see server.bodyLimit.`,
  )
}

function silent(): Failure {
  return failure('invalid_request', `The body stopped coming for ${idleMs / 1000} s.`)
}
