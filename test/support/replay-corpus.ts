import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  arrayAt,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from '../../src/core/json.ts'
import type { Dialect } from '../../src/core/request.ts'

/** Recorded traffic of real providers; not part of the repository, so its tests may skip. */
const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus')
export const corpusPresent = existsSync(path.join(corpus, 'index.json'))

/** One recorded request and its reply, as far as the source kept them. */
export interface Exchange {
  readonly id: string
  readonly api: string
  readonly dialect: Dialect
  readonly streaming: boolean
  /** Labels found by looking at request and reply: `error`, `context_length`, … */
  readonly features: readonly string[]
  /** Path with query as recorded, or what is known of it. */
  readonly path: string
  /** null where the source kept none. */
  readonly requestBody: JsonObject | null
  /** A body that is no JSON, with its content type. */
  readonly requestForm: { readonly contentType: string; readonly text: string } | null
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly kind: string
  /** The parsed reply; null unless it is a JSON object. */
  readonly reply: JsonObject | null
  /** The text of the event stream; null for a whole reply. */
  readonly sse: string | null
  readonly bytes: Buffer
}

/** The APIs a client of the gateway can ask for, and the dialect each belongs to. */
const dialectOfApi: Readonly<Record<string, Dialect>> = {
  'chat.completions': 'openai',
  completions: 'openai',
  embeddings: 'openai',
  moderations: 'openai',
  images: 'openai',
  audio: 'openai',
  rerank: 'openai',
  responses: 'openai-responses',
  'responses.input_tokens': 'openai-responses',
  messages: 'anthropic',
  'messages.count_tokens': 'anthropic',
  generateContent: 'gemini',
  countTokens: 'gemini',
  embedContent: 'gemini',
}

/** Every recorded exchange of an API that Waybill serves. */
export function loadExchanges(): Exchange[] {
  if (!corpusPresent) return []
  const index = parseJson(readFileSync(path.join(corpus, 'index.json'), 'utf8'))
  return (Array.isArray(index) ? index : []).flatMap((row) => {
    const dialect = dialectOfApi[stringAt(row, 'api') ?? '']
    if (dialect === undefined) return []
    const file = readFileSync(path.join(corpus, stringAt(row, 'file') ?? ''), 'utf8')
    const exchange = parseJson(file)
    return isObject(exchange) ? [asExchange(exchange, dialect)] : []
  })
}

function asExchange(exchange: JsonObject, dialect: Dialect): Exchange {
  const id = stringAt(exchange, 'id') ?? ''
  const request = objectAt(exchange, 'request') ?? {}
  const response = objectAt(exchange, 'response') ?? {}
  const { body } = response
  const form = stringAt(request, 'body_text')
  const contentType = stringAt(objectAt(request, 'headers') ?? {}, 'content-type') ?? ''
  return {
    id,
    api: stringAt(exchange, 'api') ?? '',
    dialect,
    streaming: exchange['streaming'] === true,
    features: arrayAt(exchange, 'features').map(String),
    path: stringAt(request, 'path') ?? stringAt(exchange, 'path_hint') ?? '',
    requestBody: objectAt(request, 'body'),
    requestForm: form === null ? null : { contentType, text: form },
    status: numberAt(response, 'status') ?? 200,
    headers: headersOf(objectAt(response, 'headers') ?? {}),
    kind: stringAt(response, 'kind') ?? '',
    reply: isObject(body) ? body : null,
    sse: stringAt(response, 'sse'),
    bytes: bytesOf(id, response),
  }
}

function headersOf(recorded: JsonObject): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(recorded).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  )
}

function bytesOf(id: string, response: JsonObject): Buffer {
  const base64 = stringAt(response, 'body_base64')
  if (base64 !== null) return Buffer.from(base64, 'base64')
  const text = stringAt(response, 'sse') ?? stringAt(response, 'text')
  if (text !== null) return Buffer.from(text)
  return 'body' in response ? Buffer.from(writtenJson(id, response)) : Buffer.alloc(0)
}

/** JSON was recorded parsed; providers write it in one line, in many, or after blank lines. */
function writtenJson(id: string, response: JsonObject): string {
  const style = seedOf(id) % 3
  if (style === 0) return JSON.stringify(response['body'])
  if (style === 1) return `${JSON.stringify(response['body'], null, 2)}\n`
  return `\n\n  ${JSON.stringify(response['body'])}`
}

/** A number that is the same for the same recording on every machine. */
export function seedOf(id: string): number {
  return Number.parseInt(id.slice(-8), 16)
}
