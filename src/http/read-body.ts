import type { IncomingMessage } from 'node:http'
import { type Failure, failed, failure, type Outcome, ok } from '../core/failure.ts'

/** A sender that is silent for so long in the middle of its body is given up. */
const idleMs = 30_000

/**
 * Reads a body whole, counting what really comes: `content-length` may lie and chunked bodies have
 * none. Calls back once; never when the client goes away meanwhile.
 */
export function readBody(
  message: IncomingMessage,
  limitBytes: number,
  done: (body: Outcome<Uint8Array>) => void,
): void {
  const announced = Number(message.headers['content-length'] ?? 0)
  if (announced > limitBytes) {
    done(failed(tooLarge(limitBytes)))
    return
  }
  const pieces: Buffer[] = []
  let bytes = 0
  let over = false
  const finish = (outcome: Outcome<Uint8Array>) => {
    if (over) return
    over = true
    message.setTimeout(0)
    done(outcome)
  }
  message.setTimeout(idleMs, () => {
    finish(failed(failure('invalid_request', `The body stopped coming for ${idleMs / 1000} s.`)))
  })
  message.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > limitBytes) {
      pieces.length = 0
      finish(failed(tooLarge(limitBytes)))
    } else {
      pieces.push(piece)
    }
  })
  message.on('end', () => {
    const [only] = pieces
    finish(ok(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, bytes)))
  })
}

function tooLarge(limitBytes: number): Failure {
  const limit = `${Math.floor(limitBytes / 1024 / 1024)} MiB`
  return failure(
    'request_too_large',
    `The body is larger than this gateway takes (${limitBytes < 1024 * 1024 ? `${limitBytes} bytes` : limit}); see server.bodyLimit.`,
  )
}
