import { hash } from 'node:crypto'
import type { Needs } from '../core/needs.ts'
import type { Request } from '../core/request.ts'
import type { DialectCodec } from '../dialects/dialect.ts'
import type { LazyBody, Media } from '../dialects/request-content.ts'
import type { Span } from '../dialects/scan-json.ts'
import type { Incoming } from './exchange.ts'
import { estimateFormTokens, estimateInputTokens } from './input-tokens.ts'
import { lazyBody } from './lazy-body.ts'
import { leastInputTokens } from './least-input-tokens.ts'

/** The part of a request that is found out when somebody asks, and then once. */
export interface LazyFacts extends Pick<Request, 'needs' | 'conversationKey' | 'promptSample'> {
  inputTokensEstimate(): number
  leastInputTokens(): number
}

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
 * Most requests go where there is nothing to choose, so nothing here runs before it is asked for. The
 * parts are shared: who asks for needs and for the conversation has the messages parsed once.
 */
export function lazyFacts(source: LazySource): LazyFacts {
  const { codec, members, streaming } = source
  const { operation } = source.incoming.endpoint
  const bytes = bufferOf(source.incoming.body)
  const isChat = operation === 'chat'
  const body = members === null ? null : once(() => lazyBody(bytes, members))
  const needs = once(() =>
    body === null || !(isChat || operation === 'count-tokens')
      ? { ...nothingNeeded, streaming }
      : readNeeds(body(), codec, streaming),
  )
  return {
    inputTokensEstimate: once(() =>
      members === null ? estimateFormTokens(bytes) : estimateInputTokens(bytes),
    ),
    leastInputTokens: once(() => (members === null ? 0 : leastInputTokens(bytes))),
    needs,
    conversationKey: once(() =>
      body === null || !isChat ? null : conversationKey(body(), bytes, source),
    ),
    promptSample: once(() => {
      if (body === null || !(isChat || operation === 'completion')) return ''
      return codec.requestContent.lastUserText(body()).slice(0, sampleLength).toWellFormed()
    }),
  }
}

const nothingNeeded: Needs = {
  tools: false,
  parallelTools: false,
  vision: false,
  audio: false,
  pdf: false,
  jsonMode: false,
  jsonSchema: false,
  reasoning: false,
  streaming: false,
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

function bufferOf(body: Uint8Array): Buffer {
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | null = null
  return () => {
    found ??= { value: find() }
    return found.value
  }
}
