import { type Failure, statusOf } from '../core/failure.ts'
import type { Request } from '../core/request.ts'
import type { DialectCodec } from '../dialects/dialect.ts'
import type { Attempt, UpstreamReply } from './attempt.ts'
import type { Delivery } from './delivery.ts'
import { type Ending, providersError } from './ending.ts'
import { headersToClient } from './headers.ts'
import { contentHeaders } from './reply-headers.ts'
import { mayAskAgain, retryAfterSeconds } from './retry-advice.ts'

/** Sends what is left: the tail of a reply, a whole reply, or an error that cannot be taken for one. */
export function deliver(
  delivery: Delivery,
  ending: Ending,
  request: Request,
  codec: DialectCodec,
  addDecision: (headers: string[]) => void,
): void {
  const { final, failure } = ending
  if (ending.outcome === 'cancelled') return
  if (failure !== null) {
    if (delivery.committed) breakOff(delivery, failure, final, request, codec)
    else refuse(delivery, ending, failure, request, codec, addDecision)
  } else if (delivery.committed) {
    delivery.end(ending.tail)
  } else if (final !== null) {
    const headers = contentHeaders(final, request)
    addDecision(headers)
    const [only] = ending.tail
    const body = ending.tail.length === 1 && only !== undefined ? only : Buffer.concat(ending.tail)
    delivery.answer(final.status ?? 200, headers, body)
  }
}

/** The client has part of a reply: a stream gets an error event, a whole reply loses its connection. */
function breakOff(
  delivery: Delivery,
  failure: Failure,
  final: Attempt | null,
  request: Request,
  codec: DialectCodec,
): void {
  if (request.streaming === null) {
    delivery.break()
    return
  }
  const shown = final?.failureShown === true && failure === final.failure
  const text = shown ? '' : codec.writeStreamError(failure, request.id, request.streaming)
  delivery.end(text === '' ? [] : [Buffer.from(text)])
}

/** Nothing has been sent: the provider's own error where the client speaks its dialect, else ours. */
function refuse(
  delivery: Delivery,
  ending: Ending,
  failure: Failure,
  request: Request,
  codec: DialectCodec,
  addDecision: (headers: string[]) => void,
): void {
  const theirs = providersError(ending)
  const [status, headers, body] =
    theirs === null ? ownError(failure, request.id, codec) : passedOn(theirs)
  addDecision(headers)
  // SDKs retry 408, 409, 429 and 5xx by themselves: what we have tried they must not multiply. When
  // this gateway stops, another one may answer.
  const tried = ending.final !== null && failure.class !== 'shutting_down'
  if (tried && !headers.includes('x-should-retry')) headers.push('x-should-retry', 'false')
  delivery.answer(status, headers, body)
}

type Answer = [status: number, headers: string[], body: Uint8Array]

function passedOn({ status, headers, body }: UpstreamReply): Answer {
  const { 'x-should-retry': _, ...theirs } = headers
  return [status, headersToClient(theirs), body]
}

/** An error answer of our own. */
export function ownError(failure: Failure, requestId: string, codec: DialectCodec): Answer {
  const headers = ['content-type', 'application/json']
  if (failure.retryAfterMs !== null) {
    headers.push('retry-after', String(retryAfterSeconds(failure.retryAfterMs)))
  }
  if (!mayAskAgain(failure)) headers.push('x-should-retry', 'false')
  const body = Buffer.from(JSON.stringify(codec.writeError(failure, requestId)))
  return [statusOf(failure.class), headers, body]
}
