import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import { isObject, parseJson } from '../core/json.ts'
import type { RankedCandidate } from '../core/plan/plan.ts'
import type { Request } from '../core/request.ts'
import { continuationBody, markPrefix } from '../dialects/continuation/continue-request.ts'
import type { SoFar } from '../dialects/continuation/so-far.ts'
import { createStitchedPipe } from '../dialects/continuation/stitched-pipe.ts'
import { createSseSplitter } from '../dialects/split-sse.ts'
import { codecs } from './codecs.ts'
import type { Incoming } from './exchange.ts'
import type { OpenPipe } from './open-pipe.ts'
import { type Prepared, prepareCall } from './prepare-call.ts'
import { parsedBody, type ReadRequest, readRequest } from './read-request.ts'
import type { Trial } from './trial.ts'

/** A reply that broke off where another target could go on from. */
export interface BrokenReply {
  /** All the client has seen. */
  readonly soFar: SoFar
  /** It began as the bytes the provider sent. */
  readonly passedThrough: boolean
}

/** null where nobody could go on: it is no stream of text, or has come to something else than text. */
export function brokenReply(trials: readonly Trial[], request: Request): BrokenReply | null {
  if (request.streaming === null) return null
  // The newest that was seen: a continuation knows what came before it.
  const soFar = trials.findLast(wasSeen)?.attempt?.soFar() ?? null
  const first = trials.find(wasSeen)?.attempt ?? null
  if (soFar === null || first === null) return null
  const { passesThrough } = first
  // Its sequence numbers cannot be gone on with by a stranger.
  if (passesThrough && request.endpoint.dialect === 'openai-responses') return null
  return { soFar, passedThrough: passesThrough }
}

function wasSeen({ firstOutputMs }: Trial): boolean {
  return firstOutputMs !== null
}

/** The client's request once more, with the reply so far as the beginning of the answer. */
export function prepareContinuation(
  candidate: RankedCandidate,
  incoming: Incoming,
  read: ReadRequest,
  { soFar }: BrokenReply,
  keyTurn: number,
): Outcome<Prepared> {
  const { id, endpoint } = read.request
  const body = continuationBody(endpoint.dialect, parsedBody(incoming), soFar)
  if (body === null) return cannotGoOn()
  const { 'content-length': _, ...headers } = incoming.headers
  const bytes = Buffer.from(JSON.stringify(body))
  const asked: Incoming = { ...incoming, headers, body: bytes }
  const again = readRequest(asked, codecs[endpoint.dialect], id)
  if (!again.ok) return again
  const prepared = prepareCall(candidate, asked, again.value, keyTurn)
  return prepared.ok ? ok(marked(prepared.value, candidate)) : prepared
}

function cannotGoOn() {
  return failed(failure('truncated', 'The request cannot be asked for a continuation.'))
}

/** Some providers of Chat Completions want to be told that the last message is to be continued. */
function marked(prepared: Prepared, { target }: RankedCandidate): Prepared {
  const { quirks } = target.provider
  if (prepared.kind !== 'http' || prepared.codec.name !== 'openai') return prepared
  if (quirks['prefixMark'] === undefined) return prepared
  const body = parseJson(Buffer.concat(prepared.call.body).toString())
  if (!isObject(body)) return prepared
  const bytes = Buffer.from(JSON.stringify(markPrefix(body, quirks)))
  return { ...prepared, call: { ...prepared.call, body: [bytes] } }
}

/** Makes the stream of a continuation the rest of the stream the client is reading. */
export function stitchedTo({ soFar, passedThrough }: BrokenReply): OpenPipe {
  return ({ codec }, request, context) =>
    createStitchedPipe({
      soFar,
      passedThrough,
      provider: codec,
      splitter: createSseSplitter(),
      client: codecs[request.endpoint.dialect],
      context,
    })
}
