import { isUtf8 } from 'node:buffer'
import type { StrategyName } from '../core/catalog.ts'
import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import { isObject, type JsonObject, parseJson } from '../core/json.ts'
import type { Needs } from '../core/needs.ts'
import type { Endpoint, Request } from '../core/request.ts'
import type { DialectCodec, RequestFacts } from '../dialects/dialect.ts'
import { membersOf, type Span, scanObject } from '../dialects/scan-json.ts'
import { multipartModel } from '../dialects/scan-multipart.ts'
import type { Incoming } from './exchange.ts'
import { headerText } from './header-text.ts'
import { LazyFacts } from './lazy-facts.ts'
import { readWishes, type Wishes } from './read-wishes.ts'

/** What the bytes of a request say, and where: enough to route it and to splice it. */
export interface ReadRequest {
  readonly request: Request
  /** Top-level members of a JSON body; null for multipart forms. */
  readonly members: ReadonlyMap<string, Span> | null
  /** Where the model stands in the body (with its quotes for JSON); null when it is in the path. */
  readonly modelSpan: Span | null
  readonly facts: RequestFacts
}

/** Longer than `provider/model` can be. What is asked for goes into records, headers and logs. */
const longestModel = 400
const longestUser = 256

const noFacts: RequestFacts = {
  model: null,
  stream: false,
  user: null,
  maxOutputTokens: null,
  includeUsage: false,
}

/** Reads a request without parsing its body: one scan that checks it and finds what routing needs. */
export function readRequest(
  incoming: Incoming,
  codec: DialectCodec,
  id: string,
): Outcome<ReadRequest> {
  const contentType = incoming.headers['content-type'] ?? ''
  if (contentType.toLowerCase().startsWith('multipart/form-data')) {
    return readForm(incoming, codec, contentType, id)
  }
  if (!isUtf8(incoming.body)) return invalid('The body is not valid UTF-8.')
  const scan = scanObject(incoming.body)
  if (!scan.ok) return invalid(`The body is not valid JSON: ${scan.problem} (byte ${scan.offset}).`)
  const facts = codec.requestFacts(membersOf(incoming.body, scan.members))
  const model = incoming.pathModel ?? facts.model
  if (model === null || model === '') {
    return invalid('Name the model: "model" must be a non-empty string.', 'model')
  }
  const streaming = incoming.endpoint.streams ?? (facts.stream ? 'sse' : null)
  const modelSpan = incoming.pathModel === null ? (scan.members.get('model') ?? null) : null
  const parts = { model, streaming, facts, members: scan.members, modelSpan }
  return complete(incoming, codec, id, parts)
}

function readForm(
  incoming: Incoming,
  codec: DialectCodec,
  contentType: string,
  id: string,
): Outcome<ReadRequest> {
  const found = multipartModel(incoming.body, contentType)
  if (found === null) {
    return invalid('Name the model: the form needs a field "model" with its name.', 'model')
  }
  const facts = { ...noFacts, model: found.model, stream: found.stream }
  return complete(incoming, codec, id, {
    model: found.model,
    streaming: found.stream ? 'sse' : null,
    facts,
    members: null,
    modelSpan: found.span,
  })
}

interface Parts {
  model: string
  streaming: Request['streaming']
  facts: RequestFacts
  members: ReadonlyMap<string, Span> | null
  modelSpan: Span | null
}

function complete(
  incoming: Incoming,
  codec: DialectCodec,
  id: string,
  parts: Parts,
): Outcome<ReadRequest> {
  const { headers } = incoming
  if (parts.model.length > longestModel) {
    return invalid(`"model" may not be longer than ${longestModel} characters.`, 'model')
  }
  const wishes = readWishes(headers)
  if (!wishes.ok) return wishes
  const user = userOf(headers['x-waybill-user'], parts.facts.user)
  const { members } = parts
  const streaming = parts.streaming !== null
  const lazy = new LazyFacts({ incoming, codec, members, streaming, user })
  const request = new ReadFacts(lazy, {
    id,
    endpoint: incoming.endpoint,
    model: parts.model,
    streaming: parts.streaming,
    user,
    maxOutputTokens: parts.facts.maxOutputTokens,
    wishes: wishes.value,
  })
  return ok({ request, members: parts.members, modelSpan: parts.modelSpan, facts: parts.facts })
}

type Told = Omit<
  Request,
  | 'inputTokensEstimate'
  | 'leastInputTokens'
  | 'repeatable'
  | 'needs'
  | 'conversationKey'
  | 'promptSample'
  | keyof Wishes
> & { readonly wishes: Wishes }

/** A request as its bytes tell it: the rest is found out when somebody asks. */
class ReadFacts implements Request {
  readonly id: string
  readonly endpoint: Endpoint
  readonly model: string
  readonly streaming: Request['streaming']
  readonly user: string | null
  readonly maxOutputTokens: number | null
  readonly metadata: Readonly<Record<string, string>>
  readonly strategy: StrategyName | null
  readonly timeoutMs: number | null
  readonly noFallback: boolean
  readonly #lazy: LazyFacts

  constructor(lazy: LazyFacts, told: Told) {
    this.id = told.id
    this.endpoint = told.endpoint
    this.model = told.model
    this.streaming = told.streaming
    this.user = told.user
    this.maxOutputTokens = told.maxOutputTokens
    const { metadata, strategy, timeoutMs, noFallback } = told.wishes
    this.metadata = metadata
    this.strategy = strategy
    this.timeoutMs = timeoutMs
    this.noFallback = noFallback
    this.#lazy = lazy
  }

  get inputTokensEstimate(): number {
    return this.#lazy.inputTokensEstimate()
  }

  leastInputTokens(): number {
    return this.#lazy.leastInputTokens()
  }

  repeatable(): boolean {
    return this.#lazy.repeatable()
  }

  needs(): Needs {
    return this.#lazy.needs()
  }

  conversationKey(): string | null {
    return this.#lazy.conversationKey()
  }

  promptSample(): string {
    return this.#lazy.promptSample()
  }
}

/** Well-formed, though it is cut: stores would file half a character under another name. */
function userOf(header: string | undefined, inBody: string | null): string | null {
  const user = header === undefined ? inBody : headerText(header)
  return user === null ? null : user.slice(0, longestUser).toWellFormed()
}

function invalid(message: string, param: string | null = null) {
  return failed(failure('invalid_request', message, { param }))
}

/** The body as an object. It has been scanned before, so it parses. */
export function parsedBody(incoming: Incoming): JsonObject {
  const body = parseJson(Buffer.from(incoming.body).toString())
  return isObject(body) ? body : {}
}
