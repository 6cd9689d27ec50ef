import type { JsonObject } from '../core/json.ts'
import type { ReplyContext } from '../dialects/dialect.ts'
import type { Incoming } from './exchange.ts'
import { parsedBody, type ReadRequest } from './read-request.ts'

/** What writers need to know of the request; the body is parsed only if one of them asks for it. */
export class RequestContext implements ReplyContext {
  readonly id: string
  readonly model: string
  readonly createdS: number
  readonly includeUsage: boolean
  readonly framing: 'sse' | 'json-array'
  readonly #incoming: Incoming
  #body: JsonObject | null = null

  constructor({ request, facts }: ReadRequest, incoming: Incoming) {
    this.id = request.id
    this.model = request.model
    this.createdS = Math.floor(incoming.arrivedAtMs / 1000)
    this.includeUsage = facts.includeUsage
    this.framing = request.streaming ?? 'sse'
    this.#incoming = incoming
  }

  get requestBody(): JsonObject {
    this.#body ??= parsedBody(this.#incoming)
    return this.#body
  }
}
