import type { Address, Provider, ProviderKind } from '../core/catalog.ts'
import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import { isObject, type JsonObject, parseJson } from '../core/json.ts'
import type { RankedCandidate } from '../core/plan/plan.ts'
import type { Endpoint } from '../core/request.ts'
import type { DialectCodec, Quirks } from '../dialects/dialect.ts'
import { type Edit, splice } from '../dialects/splice.ts'
import { translateRequest } from '../dialects/translate.ts'
import { codecs } from './codecs.ts'
import type { Incoming } from './exchange.ts'
import { headersToProvider } from './headers.ts'
import type { LanguageModelCall, UpstreamCall } from './ports.ts'
import type { ReadRequest } from './read-request.ts'

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
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'sdk'; readonly call: LanguageModelCall; readonly warnings: readonly string[] }
  | { readonly kind: 'estimate'; readonly body: JsonObject; readonly warnings: readonly string[] }

type Reach = Extract<ProviderKind, { addresses: unknown }>

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

function passThrough(
  { target }: RankedCandidate,
  incoming: Incoming,
  read: ReadRequest,
  apiKey: string | null,
): Prepared {
  const { endpoint, streaming } = read.request
  const { provider } = target
  const reach = reachOf(provider)
  const edits: Edit[] = []
  if (read.modelSpan !== null && target.model !== read.facts.model) {
    const text = read.members === null ? target.model : JSON.stringify(target.model)
    edits.push({ span: read.modelSpan, text })
  }
  const asksForUsage =
    endpoint.dialect === 'openai' &&
    endpoint.operation === 'chat' &&
    streaming !== null &&
    !read.facts.includeUsage &&
    provider.quirks['noStreamOptions'] !== true
  if (asksForUsage) edits.push(usageEdit(incoming.body, read))
  edits.push(...modelEdits(incoming.body, read, target.model))
  const query = passedQuery(incoming.query)
  return {
    kind: 'http',
    call: {
      ...destination(reach, endpoint, target.model, query),
      headers: withProviderHeaders(headersToProvider(incoming.headers), reach, apiKey),
      body: splice(incoming.body, edits),
    },
    codec: codecs[endpoint.dialect],
    translated: false,
    hideUsageChunk: asksForUsage,
    warnings: [],
  }
}

/**
 * The history holds reasoning that another dialect's provider signed, from a turn that was translated.
 * The native provider would refuse the seal, so this request goes through the canonical form, which
 * leaves such reasoning out. Gemini clients get the seal in base64.
 */
function holdsForeignSignature(body: Uint8Array, { request }: ReadRequest): boolean {
  if (request.endpoint.operation !== 'chat') return false
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return bytes.includes(request.endpoint.dialect === 'gemini' ? sealMarkBase64 : sealMark)
}

const sealMark = Buffer.from('"wb1:')
const sealMarkBase64 = Buffer.from(`"${Buffer.from('wb1:').toString('base64').slice(0, 5)}`)

/** For dialects that name the model in the path and again in some bodies. */
function modelEdits(body: Uint8Array, { request, members }: ReadRequest, model: string) {
  const { endpoint } = request
  if (endpoint.operation === 'chat' || members === null) return []
  return codecs[endpoint.dialect].modelEdits?.(body, members, model) ?? []
}

/** Sets `stream_options.include_usage`, keeping other stream options the client has set. */
function usageEdit(body: Uint8Array, read: ReadRequest): Edit {
  const span = read.members?.get('stream_options')
  if (span === undefined) {
    const open = body.indexOf(0x7b) + 1
    return { span: { start: open, end: open }, text: '"stream_options":{"include_usage":true},' }
  }
  const given = parseJson(Buffer.from(body.subarray(span.start, span.end)).toString())
  const options = { ...(isObject(given) ? given : {}), include_usage: true }
  return { span, text: JSON.stringify(options) }
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
      ? translateEmbeddings(codecs[endpoint.dialect], codec, body, context)
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
    warnings: built.value.warnings,
  })
}

function translateEmbeddings(
  from: DialectCodec,
  to: DialectCodec,
  body: JsonObject,
  context: Parameters<DialectCodec['buildRequest']>[1],
): ReturnType<DialectCodec['buildRequest']> {
  if (from.embeddings === undefined || to.embeddings === undefined) {
    return failed(failure('invalid_request', `${to.name} has no embeddings.`))
  }
  const parsed = from.embeddings.parseRequest(body)
  if (!parsed.ok) return parsed
  const built = to.embeddings.buildRequest(parsed.value.value, context)
  if (!built.ok) return built
  return ok({
    value: built.value.value,
    warnings: [...parsed.value.warnings, ...built.value.warnings],
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

/** The body as an object. It has been scanned before, so it parses. */
export function parsedBody(incoming: Incoming): JsonObject {
  const body = parseJson(Buffer.from(incoming.body).toString())
  return isObject(body) ? body : {}
}

function reachOf(provider: Provider): Reach {
  if (provider.reach.kind === 'sdk') throw new Error(`provider ${provider.id} has no address`)
  return provider.reach
}

function destination(reach: Reach, endpoint: Endpoint, model: string, query: string) {
  const address: Address | undefined = reach.addresses.get(endpoint.dialect)
  if (address === undefined) throw new Error(`no address for the dialect ${endpoint.dialect}`)
  const path = endpoint.path.replace('{model}', encodeURIComponent(model).replaceAll('%2F', '/'))
  const own = reach.kind === 'http' ? new URLSearchParams(reach.query).toString() : ''
  const queries = [own, query].filter((part) => part !== '').join('&')
  return {
    origin: address.origin,
    path: `${address.basePath}${path}${queries === '' ? '' : `?${queries}`}`,
    method: 'POST' as const,
  }
}

function withProviderHeaders(headers: string[], reach: Reach, apiKey: string | null): string[] {
  if (reach.kind !== 'http') return headers
  for (const [name, value] of Object.entries(reach.headers)) {
    if (!hasHeader(headers, name)) headers.push(name, value)
  }
  if (apiKey === null) return headers
  if (reach.auth.kind === 'bearer') headers.push('authorization', `Bearer ${apiKey}`)
  else if (reach.auth.kind === 'header') setHeader(headers, reach.auth.name, apiKey)
  return headers
}

/** A credential of ours stands alone, whatever the client sent under its name. */
function setHeader(headers: string[], name: string, value: string): void {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) headers.splice(i, 2)
  headers.push(name, value)
}

/** What the client sends wins: it may ask for a newer version of a dialect than we know. */
function hasHeader(headers: readonly string[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return true
  return false
}

/** The client's query without its key for us, in whatever case or escapes its name was written. */
function passedQuery(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .filter((part) => part !== '' && !isKey(part))
    .join('&')
}

function isKey(part: string): boolean {
  const [name = ''] = new URLSearchParams(part).keys()
  return name.toLowerCase() === 'key'
}
