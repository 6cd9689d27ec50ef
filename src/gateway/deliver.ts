import { type Failure, statusOf } from '../core/failure.ts'
import type { Request } from '../core/request.ts'
import type { DialectCodec } from '../dialects/dialect.ts'
import type { Attempt } from './attempt.ts'
import type { Delivery } from './delivery.ts'
import type { Ending } from './execute.ts'
import { headersToClient } from './headers.ts'
import { contentHeaders } from './reply-headers.ts'

/** Decision headers, with the cost where it is known by now. */
export type DecisionHeadersOf = (attempt: Attempt | null, attempts: number) => string[]

/** Sends what is left: the tail of a reply, a whole reply, or an error that cannot be taken for one. */
export function deliver(
  delivery: Delivery,
  ending: Ending,
  request: Request,
  codec: DialectCodec,
  decision: DecisionHeadersOf,
): void {
  const { final, failure, attempts } = ending
  if (ending.outcome === 'cancelled') return
  const headers = decision(final, attempts.length)
  if (failure === null && final !== null) {
    if (delivery.committed) delivery.end(ending.tail)
    else {
      const body = Buffer.concat(ending.tail)
      delivery.answer(final.status ?? 200, [...contentHeaders(final, request), ...headers], body)
    }
  } else if (failure !== null && delivery.committed) {
    breakOff(delivery, failure, final, request, codec)
  } else if (failure !== null) {
    refuse(delivery, failure, final, request, codec, headers)
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
  failure: Failure,
  final: Attempt | null,
  request: Request,
  codec: DialectCodec,
  decision: readonly string[],
): void {
  const passed =
    final?.passesThrough === true && failure === final.failure ? final.upstreamReply : null
  const headers = [...decision]
  // SDKs retry 408, 409, 429 and 5xx by themselves: what we have tried they must not multiply.
  if (final !== null) headers.push('x-should-retry', 'false')
  if (passed === null) {
    delivery.answer(...ownError(failure, request.id, codec, headers))
    return
  }
  const { 'x-should-retry': _, ...theirs } = passed.headers
  delivery.answer(passed.status, [...headersToClient(theirs), ...headers], passed.body)
}

/** Status, headers and body of an error answer of our own. */
export function ownError(
  failure: Failure,
  requestId: string,
  codec: DialectCodec,
  headers: readonly string[],
): [number, string[], Uint8Array] {
  const all = ['content-type', 'application/json', ...headers]
  if (failure.retryAfterMs !== null) {
    all.push('retry-after', String(Math.max(1, Math.ceil(failure.retryAfterMs / 1000))))
  }
  const body = Buffer.from(JSON.stringify(codec.writeError(failure, requestId)))
  return [statusOf(failure.class), all, body]
}
