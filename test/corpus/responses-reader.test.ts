import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../src/core/collect-reply.ts'
import type { FailureClass } from '../../src/core/failure.ts'
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
import type { Reply, ReplyEvent } from '../../src/core/reply.ts'
import type { Frame, Members, ReplyContext } from '../../src/dialects/dialect.ts'
import { openaiResponses as codec } from '../../src/dialects/openai-responses/index.ts'
import { readSseBlock } from '../../src/dialects/sse.ts'

/** Checks the codec against recorded traffic; the recordings are not part of the repository. */
const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus')
const present = existsSync(path.join(corpus, 'index.json'))

interface Exchange {
  readonly id: string
  readonly api: string
  readonly body: JsonObject | null
  readonly status: number
  readonly headers: Record<string, string>
  readonly reply: JsonValue | undefined
  readonly sse: string | null
}

function load(): Exchange[] {
  const index = parseJson(readFileSync(path.join(corpus, 'index.json'), 'utf8'))
  const entries = Array.isArray(index) ? index : []
  return entries
    .filter((entry) => (stringAt(entry, 'api') ?? '').startsWith('responses'))
    .map((entry) => {
      const file = readFileSync(path.join(corpus, stringAt(entry, 'file') ?? ''), 'utf8')
      return asExchange(parseJson(file))
    })
}

function asExchange(exchange: JsonValue | undefined): Exchange {
  const response = objectAt(exchange, 'response') ?? {}
  const headers = Object.entries(objectAt(response, 'headers') ?? {})
  return {
    id: stringAt(exchange, 'id') ?? '',
    api: stringAt(exchange, 'api') ?? '',
    body: objectAt(objectAt(exchange, 'request') ?? {}, 'body'),
    status: numberAt(response, 'status') ?? 0,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    reply: response['body'],
    sse: stringAt(response, 'sse'),
  }
}

const exchanges = present ? load() : []
const chats = exchanges.filter(({ api, status }) => api === 'responses' && status === 200)
const streams = chats.filter(({ sse }) => sse !== null)
const wholes = chats.filter(({ sse }) => sse === null)
const errors = exchanges.filter(({ status }) => status >= 400)
const requests = chats.filter(({ body }) => body !== null)

const context: ReplyContext = {
  id: 'wb_corpus',
  model: 'public-name',
  createdS: 1_800_000_000,
  includeUsage: true,
  framing: 'sse',
  requestBody: {},
}

function framesOf(sse: string): Frame[] {
  return sse.split(/\r?\n\r?\n/).flatMap((block) => readSseBlock(block) ?? [])
}

function eventsOf(sse: string): ReplyEvent[] {
  const reader = codec.streamReader('chat')
  return [...framesOf(sse).flatMap((frame) => reader.read(frame)), ...reader.end()]
}

function collected(events: readonly ReplyEvent[]): Reply {
  const reply = collectReply(events)
  if ('class' in reply) throw new Error(`${reply.class}: ${reply.message}`)
  return reply
}

function membersOf(body: JsonObject): Members {
  return { has: (name) => name in body, get: (name) => body[name] }
}

/** What a response shows, taken from its object without the codec. */
function naive(response: JsonObject) {
  const items = arrayAt(response, 'output')
  const of = (...types: string[]) =>
    items.filter((item) => types.includes(stringAt(item, 'type') ?? ''))
  const texts = (list: readonly JsonValue[]) => list.map((part) => stringAt(part, 'text') ?? '')
  const parts = of('message').flatMap((item) => arrayAt(item, 'content'))
  return {
    text: parts.map((part) => stringAt(part, 'text') ?? '').join(''),
    refusal: parts.map((part) => stringAt(part, 'refusal') ?? '').join(''),
    citations: parts
      .flatMap((part) => arrayAt(part, 'annotations'))
      .flatMap((note) => stringAt(note, 'url') ?? []),
    reasoning: of('reasoning')
      .map(
        (item) =>
          texts(arrayAt(item, 'content')).join('\n\n') ||
          texts(arrayAt(item, 'summary')).join('\n\n'),
      )
      .filter((text) => text !== ''),
    encrypted: of('reasoning').flatMap((item) => stringAt(item, 'encrypted_content') ?? []),
    tools: of('function_call', 'custom_tool_call').map((item) => ({
      id: stringAt(item, 'call_id'),
      name: stringAt(item, 'name'),
      input:
        stringAt(item, 'arguments') ?? JSON.stringify({ input: stringAt(item, 'input') ?? '' }),
    })),
    images: of('image_generation_call').length,
  }
}

function shown(reply: Reply): ReturnType<typeof naive> {
  const { parts } = reply
  const texts = parts.filter((part) => part.type === 'text')
  const reasonings = parts.filter((part) => part.type === 'reasoning')
  return {
    text: texts.map((part) => part.text).join(''),
    refusal: parts.map((part) => (part.type === 'refusal' ? part.text : '')).join(''),
    citations: texts.flatMap((part) => part.citations.map(({ url }) => url)),
    reasoning: reasonings.map((part) => part.text).filter((text) => text !== ''),
    encrypted: reasonings.flatMap((part) => part.signature?.value ?? []),
    tools: parts
      .filter((part) => part.type === 'tool-call')
      .map(({ id, name, input }) => ({ id, name, input })),
    images: parts.filter((part) => part.type === 'file').length,
  }
}

/** A stream encrypts the same reasoning anew each time it shows it. */
function withoutSecrets(said: ReturnType<typeof naive>) {
  return { ...said, encrypted: said.encrypted.length }
}

function expectUsage(reply: Reply, response: JsonObject) {
  const usage = objectAt(response, 'usage')
  expect(reply.usage === null).toBe(usage === null)
  if (reply.usage === null || usage === null) return
  expect(reply.usage.inputTokens).toBe(numberAt(usage, 'input_tokens'))
  expect(reply.usage.outputTokens).toBe(numberAt(usage, 'output_tokens'))
  const details = objectAt(usage, 'input_tokens_details') ?? {}
  expect(reply.usage.cachedInputTokens).toBe(numberAt(details, 'cached_tokens'))
  const thinking = objectAt(usage, 'output_tokens_details') ?? {}
  expect(reply.usage.reasoningTokens).toBe(numberAt(thinking, 'reasoning_tokens'))
}

function finalResponse(sse: string): JsonObject | null {
  const ends = ['response.completed', 'response.incomplete']
  const final = framesOf(sse)
    .map((frame) => parseJson(frame.data))
    .find((event) => ends.includes(stringAt(event, 'type') ?? ''))
  return objectAt(final, 'response')
}

describe.skipIf(!present)('recorded Responses traffic', () => {
  it('is there', () => {
    expect(streams.length).toBeGreaterThan(0)
    expect(wholes.length).toBeGreaterThan(0)
  })

  it.each(wholes)('whole reply $id', ({ reply }) => {
    if (!isObject(reply)) throw new Error('not an object')
    const read = collected(codec.readReply(reply))
    expect(shown(read)).toEqual(naive(reply))
    expect(read.model).toBe(stringAt(reply, 'model'))
    expectUsage(read, reply)
    expect(codec.inspectReply('chat', membersOf(reply))).toEqual({
      usage: read.usage,
      failure: null,
    })
    expect(shown(collected(codec.readReply(codec.writeReply(read, context))))).toEqual(shown(read))
  })

  it.each(streams)('stream $id', ({ sse }) => {
    const final = finalResponse(sse ?? '')
    const events = eventsOf(sse ?? '')
    if (final === null) {
      expect(events.at(-1)?.type).toBe('reply-error')
      return
    }
    const read = collected(events)
    expect(withoutSecrets(shown(read))).toEqual(withoutSecrets(naive(final)))
    expectUsage(read, final)
    const frames = framesOf(sse ?? '')
    expect(frames.filter(codec.streamReader('chat').isTerminal).length).toBeGreaterThan(0)
    const writer = codec.streamWriter(context)
    const rewritten = events.map((event) => writer.write(event)).join('')
    expect(shown(collected(eventsOf(rewritten)))).toEqual(shown(read))
  })

  it.each(streams)('stream $id without its deltas, or cut off', ({ sse }) => {
    const whole = finalResponse(sse ?? '')
    if (whole === null) return
    const frames = framesOf(sse ?? '')
    const without = frames.filter((frame) => !/\.(?:delta|added)"/.test(frame.data.slice(0, 400)))
    const reader = codec.streamReader('chat')
    const events = without.flatMap((frame) => reader.read(frame))
    expect(withoutSecrets(shown(collected(events)))).toEqual(withoutSecrets(naive(whole)))
    const cut = codec.streamReader('chat')
    for (const frame of frames.slice(0, frames.length >> 1)) cut.read(frame)
    expect(cut.end().at(-1)).toMatchObject({ failure: { class: 'truncated' } })
  })

  it.each(streams)('plain deltas of $id hold nothing else', ({ sse }) => {
    const reader = codec.streamReader('chat')
    const plain = ['text-start', 'text-delta', 'reasoning-start', 'reasoning-delta', 'reply-start']
    for (const frame of framesOf(sse ?? '')) {
      const events = reader.read(frame)
      if (!codec.isPlainDelta(frame)) continue
      for (const event of events) expect([...plain, 'tool-call-delta']).toContain(event.type)
    }
  })
})

const expectedClasses: readonly (readonly [RegExp, FailureClass])[] = [
  [/exceeds the context window/i, 'context_length_exceeded'],
  [/exceeded your current quota/i, 'provider_quota_exhausted'],
  [/incorrect api key/i, 'provider_auth'],
  [/./, 'invalid_request'],
]

describe.skipIf(!present)('recorded Responses errors', () => {
  it.each(errors)('$id', ({ status, headers, reply }) => {
    const body = JSON.stringify(reply ?? '')
    const wanted = expectedClasses.find(([pattern]) => pattern.test(body))?.[1]
    const found = codec.classifyFailure({ status, headers, body, nowMs: 1_800_000_000_000 })
    expect(found.class).toBe(wanted)
    expect(found.upstreamStatus).toBe(status)
  })
})

/** A request's input as one line per thing said, without the codec. */
function naiveInput(body: JsonObject): string[] {
  const input = body['input']
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input
  const instructions = stringAt(body, 'instructions')
  const first = instructions === null ? [] : [`system: ${instructions}`]
  return [...first, ...(Array.isArray(items) ? items : []).flatMap(naiveItem)]
}

function naiveItem(item: JsonValue): string[] {
  const type = stringAt(item, 'type') ?? 'message'
  if (!isObject(item)) return []
  if (type === 'message') return naiveContent(stringAt(item, 'role') ?? '', item['content'])
  const id = stringAt(item, 'call_id')
  if (type === 'function_call') {
    return [`call ${id} ${stringAt(item, 'name')} ${stringAt(item, 'arguments')}`]
  }
  if (type === 'function_call_output') return naiveContent(`output ${id}`, item['output'])
  const encrypted = stringAt(item, 'encrypted_content')
  return encrypted === null ? [] : [`reasoning ${stringAt(item, 'id')} ${encrypted}`]
}

function naiveContent(who: string, content: JsonValue | undefined): string[] {
  if (typeof content === 'string') return [`${who}: ${content}`]
  return (Array.isArray(content) ? content : []).map((part) => {
    const of = (key: string) => stringAt(part, key)
    const said = of('text') ?? of('image_url') ?? of('file_data') ?? of('file_url')
    return `${who}: ${said}`
  })
}

function toolNames(body: JsonObject): (string | null)[] {
  const choice = objectAt(body, 'tool_choice') ?? {}
  const allowed = arrayAt(choice, 'tools').map((tool) => stringAt(tool, 'name'))
  const names = arrayAt(body, 'tools').map((tool) => stringAt(tool, 'name'))
  return choice['type'] === 'allowed_tools' ? names.filter((name) => allowed.includes(name)) : names
}

describe.skipIf(!present)('recorded Responses requests', () => {
  const untranslatable =
    /stored at|run by the provider|Responses API|provider itself would check|provider would keep/

  it.each(requests)('$id', ({ body }) => {
    if (body === null) throw new Error('no body')
    const parsed = codec.parseRequest(body)
    if (!parsed.ok) {
      expect(parsed.failure.message).toMatch(untranslatable)
      expect(parsed.failure.retry).toBe('other')
      return
    }
    const model = stringAt(body, 'model') ?? ''
    const streaming = body['stream'] === true
    const built = codec.buildRequest(parsed.value.value, { model, streaming, quirks: {} })
    if (!built.ok) throw new Error(built.failure.message)
    const rebuilt = built.value.value.body
    expect(naiveInput(rebuilt)).toEqual(naiveInput(body))
    for (const key of [
      'temperature',
      'top_p',
      'max_output_tokens',
      'user',
      'parallel_tool_calls',
    ]) {
      expect([key, rebuilt[key]]).toEqual([key, body[key] ?? undefined])
    }
    expect(toolNames(rebuilt)).toEqual(toolNames(body))
    expect(objectAt(rebuilt['text'], 'format')?.['schema']).toEqual(
      objectAt(body['text'], 'format')?.['schema'],
    )
    const again = codec.parseRequest(rebuilt)
    expect(again.ok && again.value.value.tools.map(({ strict }) => strict ?? false)).toEqual(
      parsed.value.value.tools.map(({ strict }) => strict ?? false),
    )
  })
})
