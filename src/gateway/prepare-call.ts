import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import type { JsonObject } from '../core/json.ts'
import type { RankedCandidate } from '../core/plan/plan.ts'
import type { DialectCodec, Quirks } from '../dialects/dialect.ts'
import { splice } from '../dialects/splice.ts'
import { translateEmbeddingRequest, translateRequest } from '../dialects/translate.ts'
import { codecs } from './codecs.ts'
import { destination, passedQuery, reachOf, withProviderHeaders } from './destination.ts'
import type { Incoming } from './exchange.ts'
import { headersToProvider } from './headers.ts'
import { holdsForeignSignature, passThroughEdits } from './pass-through-edits.ts'
import type { LanguageModelCall, UpstreamCall } from './ports.ts'
import { parsedBody, type ReadRequest } from './read-request.ts'

/** One attempt, ready to go out. */
export type Prepared =
  | {
      readonly kind: 'http'
      readonly call: UpstreamCall
      /** Of the provider's side. */
      readonly codec: DialectCodec
      readonly translated: boolean
      /** We asked for usage in the stream, the client did not: it must not see the usage chunk. */
      readonly hideUsageChunk: boolean
      /** The key it goes out with, which no reply may show. */
      readonly secret: string | null
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'sdk'; readonly call: LanguageModelCall; readonly warnings: readonly string[] }
  | { readonly kind: 'estimate'; readonly body: JsonObject; readonly warnings: readonly string[] }

/** `keyTurn` rotates through the provider's keys. */
export function prepareCall(
  candidate: RankedCandidate,
  incoming: Incoming,
  read: ReadRequest,
  keyTurn: number,
): Outcome<Prepared> {
  const { route, target } = candidate
  const { provider } = target
  const apiKey = provider.apiKeys[keyTurn % Math.max(1, provider.apiKeys.length)]?.reveal() ?? null
  switch (route.kind) {
    case 'pass-through':
      return holdsForeignSignature(incoming.body, read)
        ? translate(candidate, incoming, read, apiKey, codecs[route.dialect])
        : ok(passThrough(candidate, incoming, read, apiKey))
    case 'translate':
      return translate(candidate, incoming, read, apiKey, codecs[route.dialect])
    case 'sdk':
      return languageModel(candidate, incoming, read, apiKey)
    case 'estimate':
      return estimate(incoming, read)
  }
}

const memoryFor = (bytes: number) => Buffer.allocUnsafe(bytes)

const noWarnings: readonly string[] = []

function passThrough(
  { target }: RankedCandidate,
  incoming: Incoming,
  read: ReadRequest,
  apiKey: string | null,
): Prepared {
  const { endpoint } = read.request
  const { provider } = target
  const reach = reachOf(provider)
  const { edits, asksForUsage } = passThroughEdits(incoming.body, read, target)
  const query = passedQuery(incoming.query)
  const { origin, path, method } = destination(reach, endpoint, target.model, query)
  return {
    kind: 'http',
    call: {
      origin,
      path,
      method,
      headers: withProviderHeaders(headersToProvider(incoming.headers), reach, apiKey),
      body: [splice(incoming.body, edits, memoryFor)],
    },
    codec: codecs[endpoint.dialect],
    translated: false,
    hideUsageChunk: asksForUsage,
    secret: apiKey,
    warnings: noWarnings,
  }
}

function translate(
  { target }: RankedCandidate,
  incoming: Incoming,
  read: ReadRequest,
  apiKey: string | null,
  codec: DialectCodec,
): Outcome<Prepared> {
  const { endpoint, streaming } = read.request
  const { provider } = target
  const context = {
    model: target.model,
    streaming: streaming !== null,
    quirks: provider.quirks satisfies Quirks,
  }
  const body = parsedBody(incoming)
  const built =
    endpoint.operation === 'embedding'
      ? translateEmbeddingRequest(codecs[endpoint.dialect], codec, body, context)
      : translateRequest(codecs[endpoint.dialect], codec, body, context)
  if (!built.ok) return built
  const { endpoint: to, body: builtBody, headers } = built.value.value
  const own = [
    'content-type',
    'application/json',
    'accept',
    streaming ? 'text/event-stream' : 'application/json',
  ]
  for (const [name, value] of Object.entries(headers)) own.push(name, value)
  const reach = reachOf(provider)
  const query = codec.name === 'gemini' && streaming !== null ? 'alt=sse' : ''
  return ok({
    kind: 'http',
    call: {
      ...destination(reach, to, target.model, query),
      headers: withProviderHeaders(own, reach, apiKey),
      body: [Buffer.from(JSON.stringify(builtBody))],
    },
    codec,
    translated: true,
    hideUsageChunk: false,
    secret: apiKey,
    warnings: built.value.warnings,
  })
}

function languageModel(
  { target }: RankedCandidate,
  incoming: Incoming,
  read: ReadRequest,
  apiKey: string | null,
): Outcome<Prepared> {
  const { reach } = target.provider
  if (reach.kind !== 'sdk') throw new Error(`provider ${target.provider.id} has no AI SDK package`)
  const parsed = codecs[read.request.endpoint.dialect].parseRequest(parsedBody(incoming))
  if (!parsed.ok) return parsed
  const call: LanguageModelCall = {
    sdk: reach.sdk,
    options: reach.options,
    apiKey,
    model: target.model,
    conversation: parsed.value.value,
    streaming: read.request.streaming !== null,
  }
  return ok({ kind: 'sdk', call, warnings: parsed.value.warnings })
}

function estimate(incoming: Incoming, read: ReadRequest): Outcome<Prepared> {
  const codec = codecs[read.request.endpoint.dialect]
  const body = codec.writeTokenCount?.(read.request.inputTokensEstimate)
  if (body === undefined) {
    return failed(failure('invalid_request', `${incoming.path} counts no tokens.`))
  }
  const warning =
    'The provider has no token count of this kind: estimated from the length of the request.'
  return ok({ kind: 'estimate', body, warnings: [warning] })
}
