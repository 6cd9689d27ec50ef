import { isObject, type JsonObject, type JsonValue, parseJson } from '../../src/core/json.ts'
import type { Exchange } from './replay-corpus.ts'

/** A way in which providers write the same reply that a schema does not foresee. */
export interface Oddity {
  readonly name: string
  /** The same reply written so; null where it makes no difference to this one. */
  change(exchange: Exchange): Exchange | null
}

/** Changes in how events are framed. */
const framings: Readonly<Record<string, (sse: string) => string>> = {
  'lines end in CRLF': (sse) => sse.replace(/\r?\n/g, '\r\n'),
  'lines end in LF': (sse) => sse.replace(/\r\n/g, '\n'),
  'lines end in CR': (sse) => sse.replace(/\r?\n/g, '\r'),
  'no blank after the colon': (sse) => sse.replace(/^(data|event): /gm, '$1:'),
  'comments, ids and retry times in between': (sse) =>
    sse.replace(/^(?=event:|data:)/gm, (_, at: number) =>
      sse.slice(0, at).endsWith('\n\n') ? ': keep-alive\n\nid: 1\nretry: 3000\n' : '',
    ),
  'events without their names': (sse) => sse.replace(/^event: (?!error).*\r?\n/gm, ''),
  'the last event without its blank line': (sse) => sse.trimEnd(),
  'no mark of the end after a finish reason': (sse) =>
    /"finish_reason": ?"/.test(sse) ? sse.replace(/^data: \[DONE\]\s*/m, '') : sse,
  'a mark of byte order at the start': (sse) => `\ufeff${sse}`,
}

/** What holds what the model wrote, in which nothing may change. */
const free = new Set(['args', 'input', 'arguments', 'parameters', 'partialArgs', 'schema'])

/** Changes in the objects of a reply, from the inside out. */
const rewrites: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
  'members nobody knows': (object) => ({ x_before: null, ...object, x_new: { deep: [1, 'two'] } }),
  'members in the opposite order': (object) => Object.fromEntries(Object.entries(object).reverse()),
  'null for every text that says nothing': (object) =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, value === '' ? null : value]),
    ),
  'null where nothing is said': (object) => ({ ...nothings, ...object }),
  'no ids, names or times': (object) => {
    const bare = { ...object }
    for (const key of labels) delete bare[key]
    return bare
  },
}

const nothings: JsonObject = {
  refusal: null,
  annotations: null,
  tool_calls: null,
  function_call: null,
  reasoning_content: null,
  reasoning_details: null,
  logprobs: null,
  citations: null,
  audio: null,
  images: null,
  error: null,
  incomplete_details: null,
  prompt_tokens_details: null,
  cache_read_input_tokens: null,
  groundingMetadata: null,
  promptFeedback: null,
}

const labels = [
  'object',
  'created',
  'created_at',
  'model',
  'modelVersion',
  'responseId',
  'system_fingerprint',
  'service_tier',
  'sequence_number',
  'status',
  'role',
]

export const oddities: readonly Oddity[] = [
  ...Object.entries(framings).map(([name, change]) => ({
    name,
    change: (exchange: Exchange) => withSse(exchange, change),
  })),
  ...Object.entries(rewrites).map(([name, change]) => ({
    name,
    change: (exchange: Exchange) =>
      exchange.sse === null
        ? withReply(exchange, (body) => inObjects(body, change))
        : withSse(exchange, (sse) => inEvents(sse, (data) => inObjects(data, change))),
  })),
]

function withSse(exchange: Exchange, change: (sse: string) => string): Exchange | null {
  if (exchange.sse === null) return null
  const sse = change(exchange.sse)
  return sse === exchange.sse ? null : { ...exchange, sse, bytes: Buffer.from(sse) }
}

function withReply(exchange: Exchange, change: (body: JsonValue) => JsonValue): Exchange | null {
  if (exchange.reply === null) return null
  return { ...exchange, bytes: Buffer.from(JSON.stringify(change(exchange.reply))) }
}

function inEvents(sse: string, change: (data: JsonValue) => JsonValue): string {
  return sse.replace(/^data: ?(.*\S)/gm, (line, text: string) => {
    const data = parseJson(text)
    return isObject(data) ? `data: ${JSON.stringify(change(data))}` : line
  })
}

function inObjects(value: JsonValue, change: (object: JsonObject) => JsonObject): JsonValue {
  if (Array.isArray(value)) return value.map((one) => inObjects(one, change))
  if (!isObject(value)) return value
  const changed = Object.entries(value).map(([key, inner]) => [
    key,
    free.has(key) || inner === undefined ? inner : inObjects(inner, change),
  ])
  return change(Object.fromEntries(changed))
}
