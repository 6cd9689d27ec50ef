import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from '../../src/core/json.ts'
import type { Dialect } from '../../src/core/request.ts'

/** What a client of a dialect understands of a reply. */
export interface Heard {
  text: string
  /** The dialect's word for how it ended; null when none came. */
  finish: string | null
  /** The dialect's formal end came: `[DONE]`, `message_stop`, `response.completed`. */
  ended: boolean
  /** Code (or type) of the error it was told of; null for none. */
  error: string | null
  outputTokens: number | null
}

/** A client of one dialect. */
export interface Speaker {
  readonly dialect: Dialect
  path(model: string, streaming: boolean): string
  body(model: string, streaming: boolean): JsonObject
  /** Throws when an event cannot be parsed: real clients do. */
  hearStream(text: string): Heard
  hearWhole(body: JsonValue): Heard
}

export const question = 'Hello there'
const messages = [{ role: 'user', content: question }]

const nothing = (): Heard => ({
  text: '',
  finish: null,
  ended: false,
  error: null,
  outputTokens: null,
})

/** Data of each event, in order; comments and pings carry none. */
function eventsOf(text: string): string[] {
  return text.split(/\r?\n\r?\n/).flatMap((block) => {
    const data = block.split(/\r?\n/).filter((line) => line.startsWith('data:'))
    return data.length === 0 ? [] : [data.map((line) => line.slice(5).trimStart()).join('\n')]
  })
}

function parsed(data: string): JsonObject {
  const value: unknown = JSON.parse(data)
  if (isObject(value)) return value
  throw new Error(`no event of this dialect: ${data.slice(0, 100)}`)
}

const openai: Speaker = {
  dialect: 'openai',
  path: () => '/v1/chat/completions',
  body: (model, streaming) => ({
    model,
    messages,
    ...(streaming && { stream: true, stream_options: { include_usage: true } }),
  }),
  hearStream(text) {
    const heard = nothing()
    for (const data of eventsOf(text)) {
      if (data === '[DONE]') heard.ended = true
      else hearChunk(parsed(data), 'delta', heard)
    }
    return heard
  },
  hearWhole(body) {
    const heard = nothing()
    hearChunk(body, 'message', heard)
    return { ...heard, ended: heard.finish !== null }
  },
}

function hearChunk(chunk: JsonValue, member: 'delta' | 'message', heard: Heard): void {
  const error = objectAt(chunk, 'error')
  if (error !== null) heard.error = stringAt(error, 'code') ?? stringAt(error, 'type') ?? 'unnamed'
  const [choice] = arrayAt(chunk, 'choices')
  heard.text += stringAt(objectAt(choice, member) ?? undefined, 'content') ?? ''
  heard.finish = stringAt(choice, 'finish_reason') ?? heard.finish
  const usage = objectAt(chunk, 'usage')
  if (usage !== null) heard.outputTokens = numberAt(usage, 'completion_tokens')
}

const responses: Speaker = {
  dialect: 'openai-responses',
  path: () => '/v1/responses',
  body: (model, streaming) => ({ model, input: question, ...(streaming && { stream: true }) }),
  hearStream(text) {
    const heard = nothing()
    for (const data of eventsOf(text)) hearEvent(parsed(data), heard)
    return heard
  },
  hearWhole(body) {
    const error = objectAt(body, 'error')
    const heard = { ...nothing(), error: error === null ? null : codeOf(error) }
    for (const item of arrayAt(body, 'output')) {
      for (const part of arrayAt(item, 'content')) heard.text += stringAt(part, 'text') ?? ''
    }
    hearEnd(body, heard)
    return heard
  },
}

function hearEvent(event: JsonObject, heard: Heard): void {
  const type = stringAt(event, 'type')
  if (type === 'response.output_text.delta') heard.text += stringAt(event, 'delta') ?? ''
  if (type === 'error') heard.error = codeOf(objectAt(event, 'error') ?? event)
  if (type === 'response.failed') {
    heard.error ??= codeOf(objectAt(objectAt(event, 'response') ?? undefined, 'error') ?? {})
  }
  if (type === 'response.completed' || type === 'response.incomplete') {
    hearEnd(event['response'], heard)
  }
}

function hearEnd(response: JsonValue | undefined, heard: Heard): void {
  heard.finish = stringAt(response, 'status')
  heard.ended = heard.finish === 'completed' || heard.finish === 'incomplete'
  heard.outputTokens = numberAt(objectAt(response, 'usage') ?? undefined, 'output_tokens')
}

function codeOf(error: JsonObject): string {
  return stringAt(error, 'code') ?? stringAt(error, 'type') ?? 'unnamed'
}

const anthropic: Speaker = {
  dialect: 'anthropic',
  path: () => '/v1/messages',
  body: (model, streaming) => ({
    model,
    messages,
    max_tokens: 100_000_000,
    ...(streaming && { stream: true }),
  }),
  hearStream(text) {
    const heard = nothing()
    for (const data of eventsOf(text)) {
      const event = parsed(data)
      const type = stringAt(event, 'type')
      const delta = objectAt(event, 'delta') ?? {}
      if (type === 'content_block_delta') heard.text += stringAt(delta, 'text') ?? ''
      if (type === 'message_delta') heard.finish = stringAt(delta, 'stop_reason')
      if (type === 'message_stop') heard.ended = true
      if (type === 'error') heard.error = anthropicCode(event)
      const usage = objectAt(event, 'usage')
      if (usage !== null) heard.outputTokens = numberAt(usage, 'output_tokens')
    }
    return heard
  },
  hearWhole(body) {
    const text = arrayAt(body, 'content').map((part) => stringAt(part, 'text') ?? '')
    const finish = stringAt(body, 'stop_reason')
    const outputTokens = numberAt(objectAt(body, 'usage') ?? undefined, 'output_tokens')
    const error = stringAt(body, 'type') === 'error' ? anthropicCode(body) : null
    return { text: text.join(''), finish, ended: finish !== null, error, outputTokens }
  },
}

function anthropicCode(event: JsonValue): string {
  const error = objectAt(event, 'error') ?? {}
  const code = stringAt(objectAt(error, 'details') ?? undefined, 'error_code')
  return code ?? stringAt(error, 'type') ?? 'unnamed'
}

const gemini: Speaker = {
  dialect: 'gemini',
  path: (model, streaming) =>
    `/v1beta/models/${model}:${streaming ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: () => ({ contents: [{ role: 'user', parts: [{ text: question }] }] }),
  hearStream(text) {
    const heard = nothing()
    for (const data of eventsOf(text)) hearContent(parsed(data), heard)
    return { ...heard, ended: heard.finish !== null }
  },
  hearWhole(body) {
    const heard = nothing()
    hearContent(body, heard)
    return { ...heard, ended: heard.finish !== null }
  },
}

function hearContent(chunk: JsonValue, heard: Heard): void {
  const error = objectAt(chunk, 'error')
  if (error !== null) {
    const reasons = arrayAt(error, 'details').map((detail) => stringAt(detail, 'reason'))
    const reason = reasons.find((found) => found !== null)
    heard.error = reason?.toLowerCase() ?? stringAt(error, 'status') ?? 'unnamed'
  }
  const [candidate] = arrayAt(chunk, 'candidates')
  for (const part of arrayAt(objectAt(candidate, 'content') ?? undefined, 'parts')) {
    heard.text += stringAt(part, 'text') ?? ''
  }
  heard.finish = stringAt(candidate, 'finishReason') ?? heard.finish
  const usage = objectAt(chunk, 'usageMetadata')
  if (usage !== null) heard.outputTokens = numberAt(usage, 'candidatesTokenCount')
}

/** Gemini's own way to stream: one JSON array, element by element. */
const geminiArray: Speaker = {
  ...gemini,
  path: (model, streaming) =>
    `/v1beta/models/${model}:${streaming ? 'streamGenerateContent' : 'generateContent'}`,
  hearStream(text) {
    const heard = nothing()
    for (const chunk of elementsOf(text)) hearContent(chunk, heard)
    return { ...heard, ended: heard.finish !== null }
  },
}

/** Elements of an array that may lack its closing bracket. */
function elementsOf(text: string): JsonValue[] {
  const whole = parseJson(text) ?? parseJson(`${text}]`)
  if (Array.isArray(whole)) return whole
  throw new Error(`no JSON array: …${text.slice(-100)}`)
}

export const speakers = {
  openai,
  'openai-responses': responses,
  anthropic,
  gemini,
  'gemini-array': geminiArray,
} as const

/** The dialect of a client and the one of the provider that serves it. */
export interface Pair {
  readonly name: string
  readonly client: Speaker
  readonly provider: Dialect
}

const translated: readonly (readonly [keyof typeof speakers, Dialect])[] = [
  ['openai', 'anthropic'],
  ['anthropic', 'openai'],
  ['gemini', 'openai-responses'],
  ['openai-responses', 'gemini'],
]

/** Each dialect passed through, and four translations in which each stands on either side once. */
export const pairs: readonly Pair[] = [
  ...Object.entries(speakers).map(([name, client]) => ({
    name,
    client,
    provider: client.dialect,
  })),
  ...translated.map(([from, to]) => ({
    name: `${from} by ${to}`,
    client: speakers[from],
    provider: to,
  })),
]
