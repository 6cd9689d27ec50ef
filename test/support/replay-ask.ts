import { arrayAt, isObject, type JsonObject, objectAt } from '../../src/core/json.ts'
import { type Exchange, seedOf } from './replay-corpus.ts'
import { publicName } from './replay-gateway.ts'

/** A request for one recording in its own dialect. */
export interface Ask {
  readonly path: string
  readonly contentType: string
  readonly body: Buffer
  /** The body the provider should get: the same but for the model. */
  readonly passedBody: Buffer
  /** The path and query the provider should get, behind its base address. */
  readonly passedPath: string
  /** The client streams from Chat Completions and did not ask for usage. */
  readonly usageUnasked: boolean
}

/** Stands for the model until it is known who reads the body. */
const mark = '\u{1F3F7}model'

/** The recorded request, or where the source kept none a small one of the same API. */
export function askFor(exchange: Exchange): Ask {
  const form = formFor(exchange)
  const body = form === null ? jsonBody(exchange) : {}
  const text = form?.text ?? withUnknown(written(body, exchange))
  const path = endpointPath(exchange)
  const version = exchange.dialect === 'gemini' ? '/v1beta' : '/v1'
  const of = (model: string) => Buffer.from(text.replaceAll(mark, model))
  return {
    path: version + path.replace(mark, publicName(exchange)),
    contentType: form?.contentType ?? 'application/json',
    body: of(publicName(exchange)),
    passedBody: of(exchange.id),
    passedPath: path.replace(mark, exchange.id),
    usageUnasked:
      exchange.api === 'chat.completions' &&
      body['stream'] === true &&
      objectAt(body, 'stream_options')?.['include_usage'] !== true,
  }
}

/** Ends the body in what a parser would write differently: only untouched bytes keep it. */
function withUnknown(text: string): string {
  const unknown = '"x_unknown" : { "n":1.50e+2, "big":12345678901234567890, "t":"\\u00e9\\/" }'
  return text.replace(/\}\s*$/, (end) => `, ${unknown} ${end}`)
}

function written(body: JsonObject, exchange: Exchange): string {
  return seedOf(exchange.id) % 2 === 0 ? JSON.stringify(body) : JSON.stringify(body, null, 2)
}

function endpointPath({ api, path, kind }: Exchange): string {
  const action = /:(\w+)(?:$|\?)/.exec(path)?.[1]
  switch (api) {
    case 'generateContent': {
      const stream = action === 'streamGenerateContent' || kind === 'sse'
      return `/models/${mark}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
    }
    case 'countTokens':
      return `/models/${mark}:countTokens`
    case 'embedContent':
      return `/models/${mark}:${action ?? 'embedContent'}`
    case 'images':
    case 'audio': {
      const known = /\/(?:images|audio)\/\w+(?=$|\?)/.exec(path)?.[0]
      return known ?? (api === 'audio' ? '/audio/transcriptions' : '/images/generations')
    }
    default:
      return `/${api.replace(/\./g, '/')}`
  }
}

function jsonBody(exchange: Exchange): JsonObject {
  const body = exchange.requestBody ?? smallBody(exchange)
  const streams = exchange.kind === 'sse' && exchange.dialect !== 'gemini' && { stream: true }
  return exchange.dialect === 'gemini' ? geminiNames(body) : { ...body, model: mark, ...streams }
}

/** Gemini names the model in the path, and in some bodies again. */
function geminiNames(body: JsonObject): JsonObject {
  const named = (value: JsonObject) =>
    typeof value['model'] === 'string' ? { ...value, model: `models/${mark}` } : value
  const copy = named(body)
  const inner = objectAt(body, 'generateContentRequest')
  const requests = arrayAt(body, 'requests').filter(isObject)
  return {
    ...copy,
    ...(inner !== null && { generateContentRequest: named(inner) }),
    ...(requests.length > 0 && { requests: requests.map(named) }),
  }
}

function smallBody({ api }: Exchange): JsonObject {
  const text = 'Say hello.'
  const messages = [{ role: 'user', content: text }]
  switch (api) {
    case 'chat.completions':
      return { messages, stream_options: { include_usage: true } }
    case 'messages':
      return { max_tokens: 100, messages }
    case 'completions':
      return { prompt: text }
    case 'rerank':
      return { query: text, documents: ['Hello.', 'Goodbye.'] }
    case 'generateContent':
      return { contents: [{ role: 'user', parts: [{ text }] }] }
    default:
      return { input: text }
  }
}

/** Transcriptions and edits send a form; what the source left out is replaced by a small file. */
function formFor(exchange: Exchange): { contentType: string; text: string } | null {
  const { requestForm, requestBody, api } = exchange
  if (requestForm !== null) {
    const model = /(name="model"\r\n\r\n)[^\r]*/
    return { ...requestForm, text: requestForm.text.replace(model, `$1${mark}`) }
  }
  if (api !== 'audio' || requestBody !== null) return null
  const part = (head: string, value: string) =>
    `--edge\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`
  const stream = exchange.kind === 'sse' ? part('name="stream"', 'true') : ''
  const file = part('name="file"; filename="a.wav"', 'RIFF\u00ff\u0000 "model" --edg')
  return {
    contentType: 'multipart/form-data; boundary=edge',
    text: `${part('name="model"', mark)}${file}${stream}--edge--\r\n`,
  }
}
