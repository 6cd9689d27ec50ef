import { hash } from 'node:crypto'
import { type Needs, noNeeds } from '../core/needs.ts'
import type { Operation } from '../core/request.ts'
import type { DialectCodec } from '../dialects/dialect.ts'
import { isRepeatable } from '../dialects/repeatable.ts'
import type { LazyBody, Media } from '../dialects/request-content.ts'
import { membersOf, type Span } from '../dialects/scan-json.ts'
import { bufferOf } from './buffer-of.ts'
import type { Incoming } from './exchange.ts'
import { estimateFormTokens, estimateInputTokens } from './input-tokens.ts'
import { lazyBody } from './lazy-body.ts'
import { leastInputTokens } from './least-input-tokens.ts'

export interface LazySource {
  readonly incoming: Incoming
  readonly codec: DialectCodec
  /** Top-level members of a JSON body; null for forms. */
  readonly members: ReadonlyMap<string, Span> | null
  readonly streaming: boolean
  /** The end user, when one is named. */
  readonly user: string | null
}

/** Characters of the last words of a user that are kept. */
const sampleLength = 4_096

/**
 * The part of a request that is found out when somebody asks, and then once. Most requests go where
 * there is nothing to choose, so nothing here runs before. The parts are shared: who asks for needs and
 * for the conversation has the messages parsed once. A class, because a closure for each part would be
 * most of what a request costs.
 */
export class LazyFacts {
  readonly #source: LazySource
  readonly #bytes: Buffer
  #body: LazyBody | null = null
  #inputTokens: number | null = null
  #leastInputTokens: number | null = null
  #needs: Needs | null = null
  #conversationKey: string | null | undefined
  #promptSample: string | null = null

  constructor(source: LazySource) {
    this.#source = source
    this.#bytes = bufferOf(source.incoming.body)
  }

  inputTokensEstimate(): number {
    const isForm = this.#source.members === null
    this.#inputTokens ??= isForm
      ? estimateFormTokens(this.#bytes)
      : estimateInputTokens(this.#bytes)
    return this.#inputTokens
  }

  leastInputTokens(): number {
    this.#leastInputTokens ??= this.#source.members === null ? 0 : leastInputTokens(this.#bytes)
    return this.#leastInputTokens
  }

  needs(): Needs {
    this.#needs ??= this.#readNeeds()
    return this.#needs
  }

  conversationKey(): string | null {
    if (this.#conversationKey === undefined) {
      const body = this.#operation() === 'chat' ? this.#lazyBody() : null
      this.#conversationKey =
        body === null ? null : conversationKey(body, this.#bytes, this.#source)
    }
    return this.#conversationKey
  }

  promptSample(): string {
    this.#promptSample ??= this.#readSample()
    return this.#promptSample
  }

  repeatable(): boolean {
    const { members, codec, incoming } = this.#source
    return members !== null && isRepeatable(codec.name, membersOf(incoming.body, members))
  }

  #operation(): Operation {
    return this.#source.incoming.endpoint.operation
  }

  #lazyBody(): LazyBody | null {
    const { members } = this.#source
    if (members === null) return null
    this.#body ??= lazyBody(this.#bytes, members)
    return this.#body
  }

  #readNeeds(): Needs {
    const { codec, streaming } = this.#source
    const operation = this.#operation()
    const body = operation === 'chat' || operation === 'count-tokens' ? this.#lazyBody() : null
    return body === null ? { ...noNeeds, streaming } : readNeeds(body, codec, streaming)
  }

  #readSample(): string {
    const operation = this.#operation()
    const body = operation === 'chat' || operation === 'completion' ? this.#lazyBody() : null
    if (body === null) return ''
    const text = this.#source.codec.requestContent.lastUserText(body)
    return text.slice(0, sampleLength).toWellFormed()
  }
}

/** Files are looked for last: settings stand beside the messages, files within. */
function readNeeds(body: LazyBody, codec: DialectCodec, streaming: boolean): Needs {
  const settings = codec.requestContent.settings(body)
  const media = once((): Media => codec.requestContent.media(body))
  return {
    ...settings,
    streaming,
    get vision() {
      return media().vision
    },
    get audio() {
      return media().audio
    },
    get pdf() {
      return media().pdf
    },
  }
}

/**
 * A digest of how the conversation begins. Tools go in as their bytes: they are long, and a client
 * writes the same ones alike. Lengths keep the pieces apart.
 */
function conversationKey(body: LazyBody, bytes: Buffer, source: LazySource): string | null {
  const opening = source.codec.requestContent.opening(body)
  if (opening === null) return null
  const span = source.members?.get('tools')
  const tools = span === undefined ? '' : bytes.toString('utf8', span.start, span.end)
  const pieces = [source.user ?? '', tools, ...opening]
  return hash('sha256', pieces.map((piece) => `${piece.length}:${piece}`).join(''), 'base64url')
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | null = null
  return () => {
    found ??= { value: find() }
    return found.value
  }
}
