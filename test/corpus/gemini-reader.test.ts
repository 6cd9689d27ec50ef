import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../src/core/collect-reply.ts'
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
} from '../../src/core/json.ts'
import type { Reply, ReplyEvent } from '../../src/core/reply.ts'
import type { Members } from '../../src/dialects/dialect.ts'
import { gemini } from '../../src/dialects/gemini/index.ts'
import { createSseSplitter } from '../../src/dialects/split-sse.ts'

const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus')
const present = existsSync(corpus)

interface Exchange {
  readonly id: string
  readonly api: string
  readonly model: string
  readonly status: number
  readonly request: JsonValue
  readonly response: JsonObject
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function exchanges(): Exchange[] {
  if (!present) return []
  return readdirSync(corpus)
    .filter((name) => /^[\w-]+\.(generateContent|embedContent|countTokens)\..*\.json$/.test(name))
    .map((name) => {
      const found: JsonObject = JSON.parse(readFileSync(path.join(corpus, name), 'utf8'))
      const response = objectAt(found, 'response') ?? {}
      const status = response['status']
      return {
        id: text(found['id']),
        api: text(found['api']),
        model: text(found['model']) || 'gemini-2.5-flash',
        status: typeof status === 'number' ? status : 0,
        request: objectAt(found, 'request')?.['body'] ?? null,
        response,
      }
    })
}

const all = exchanges()
const replies = all.filter(({ api, status }) => api === 'generateContent' && status === 200)
const errors = all.filter(({ status }) => status >= 400)
const others = all.filter(({ api, status }) => api !== 'generateContent' && status === 200)

function chunksOf(response: JsonObject): JsonValue[] {
  if (response['kind'] === 'json') return [response['body'] ?? null]
  return text(response['sse'])
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => JSON.parse(line.slice(5)))
}

/** Cut at odd places, so that events straddle chunks. */
function readEvents(response: JsonObject): ReplyEvent[] {
  if (response['kind'] === 'json') return gemini.readReply(response['body'] ?? null)
  const bytes = new TextEncoder().encode(text(response['sse']))
  const splitter = createSseSplitter()
  const reader = gemini.streamReader('chat')
  const events: ReplyEvent[] = []
  const sink = (_: Uint8Array, frame: Parameters<typeof reader.read>[0] | null) => {
    if (frame !== null) events.push(...reader.read(frame))
  }
  for (let at = 0; at < bytes.length; at += 97) splitter.push(bytes.subarray(at, at + 97), sink)
  splitter.end(sink)
  return [...events, ...reader.end()]
}

/** Shares nothing with the reader: what a person would pick out of the chunks. */
function naive(chunks: readonly JsonValue[]) {
  const parts = chunks.flatMap((chunk) => {
    const candidate = arrayAt(chunk, 'candidates')[0]
    return arrayAt(objectAt(candidate, 'content') ?? undefined, 'parts')
  })
  const said = (thought: boolean) =>
    parts
      .filter((part) => isObject(part) && (part['thought'] === true) === thought)
      .map((part) => (isObject(part) ? text(part['text']) : ''))
      .join('')
  const calls = parts
    .map((part) => objectAt(part, 'functionCall'))
    .filter((call) => call !== null)
    .filter((call) => text(call['name']) !== '')
  const counted = chunks
    .map((chunk) => objectAt(chunk, 'usageMetadata'))
    .filter((usage) => usage?.['promptTokenCount'] !== undefined)
    .at(-1)
  return {
    text: said(false),
    reasoning: said(true),
    calls,
    counted,
    signatures: signaturesOf(parts),
  }
}

function signaturesOf(parts: readonly JsonValue[]): string[] {
  return parts.flatMap((part) => {
    if (!isObject(part)) return []
    if (part['text'] === undefined && !isObject(part['functionCall'])) return []
    return text(part['thoughtSignature']) || []
  })
}

function count(usage: JsonObject | null | undefined, name: string): number {
  const value = usage?.[name]
  return typeof value === 'number' ? value : 0
}

function whole(events: ReplyEvent[]): Reply {
  const reply = collectReply(events)
  if ('class' in reply) throw new Error(`${reply.class}: ${reply.message}`)
  return reply
}

describe.skipIf(!present)(
  'recorded Gemini traffic (skipped where the recordings are absent)',
  () => {
    it('is found', () => {
      if (present) expect(replies.length).toBeGreaterThan(30)
    })

    it.each(replies)('$id reads like a naive extraction', ({ response }) => {
      const chunks = chunksOf(response)
      const expected = naive(chunks)
      const reply = whole(readEvents(response))
      const parts = (type: string) => reply.parts.filter((part) => part.type === type)
      const joined = (type: string) =>
        parts(type)
          .map((part) => ('text' in part ? part.text : ''))
          .join('')
      expect(joined('text')).toBe(expected.text)
      expect(joined('reasoning')).toBe(expected.reasoning)

      const calls = reply.parts.filter((part) => part.type === 'tool-call')
      expect(calls.map(({ name }) => name)).toEqual(expected.calls.map(({ name }) => name))
      for (const [index, call] of calls.entries()) {
        const { args, id, willContinue } = expected.calls[index] ?? {}
        if (willContinue !== true) expect(JSON.parse(call.input)).toEqual(args ?? {})
        else expect(Object.keys(JSON.parse(call.input))).not.toEqual([])
        expect(call.id).toBe(id ?? call.id)
      }
      expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length)

      const signatures = reply.parts.flatMap((part) =>
        'signature' in part && part.signature !== null ? part.signature.value : [],
      )
      expect(signatures).toEqual(expected.signatures)
      const usage = expected.counted
      if (usage == null) {
        expect(reply.usage).toBeNull()
        return
      }
      expect(reply.usage).toMatchObject({
        inputTokens: count(usage, 'promptTokenCount') + count(usage, 'toolUsePromptTokenCount'),
        cachedInputTokens: count(usage, 'cachedContentTokenCount'),
        cacheWriteTokens: 0,
        outputTokens: count(usage, 'candidatesTokenCount') + count(usage, 'thoughtsTokenCount'),
        reasoningTokens: count(usage, 'thoughtsTokenCount'),
      })
    })

    it.each(replies)('$id survives writing and reading again', ({ response }) => {
      const reply = whole(readEvents(response))
      const context = {
        id: 'wb_1',
        model: reply.model ?? '',
        createdS: 0,
        includeUsage: true,
        framing: 'sse' as const,
        requestBody: {},
      }
      const again = whole(gemini.readReply(gemini.writeReply(reply, context)))
      expect({ ...again, id: reply.id }).toEqual({ ...reply, model: context.model })
    })

    it.each(replies)('$id cut before its finish reason is truncated', ({ response }) => {
      const chunks = chunksOf(response)
      const finished = chunks.findIndex((chunk) => JSON.stringify(chunk).includes('"finishReason"'))
      const reader = gemini.streamReader('chat')
      for (const chunk of chunks.slice(0, Math.max(0, finished))) {
        reader.read({ event: null, data: JSON.stringify(chunk) })
      }
      expect(reader.end()).toMatchObject([{ type: 'reply-error', failure: { class: 'truncated' } }])
    })

    it.each(replies.filter(({ response }) => response['kind'] === 'json'))(
      '$id is inspected as a reply',
      ({ response }) => {
        const facts = gemini.inspectReply('chat', membersOf(response['body']))
        expect(facts.failure).toBeNull()
        expect(facts.usage).toEqual(whole(readEvents(response)).usage)
      },
    )

    it.each(errors)('$id is classified', ({ status, response }) => {
      const headers = { 'content-type': 'application/json' }
      const body =
        response['body'] === undefined ? text(response['text']) : JSON.stringify(response['body'])
      const found = gemini.classifyFailure({ status, headers, body, nowMs: 0 })
      const expected: Record<string, string[]> = {
        400: ['invalid_request', 'context_length_exceeded', 'provider_auth'],
        401: ['provider_auth'],
        403: ['provider_auth'],
        404: ['model_not_found', 'invalid_request'],
        429: ['provider_rate_limited', 'provider_quota_exhausted'],
        500: ['server_error', 'overloaded'],
        503: ['overloaded'],
      }
      expect(expected[status]).toContain(found.class)
      if (/input token count/i.test(found.message))
        expect(found.class).toBe('context_length_exceeded')
      if (/models\//.test(found.message)) expect(found.class).toBe('model_not_found')
      if (/API key not valid/.test(found.message)) expect(found.class).toBe('provider_auth')
      if (body.includes('retryDelay')) expect(found.retryAfterMs).toBeGreaterThan(0)
    })

    it.each(others)('$id is read', ({ api, response, request }) => {
      if (api === 'countTokens') {
        expect(gemini.inspectReply('count-tokens', membersOf(response['body']))).toMatchObject({
          failure: null,
        })
        return
      }
      const read = gemini.embeddings?.readReply(response['body'] ?? null)
      expect(read).toMatchObject({ ok: true })
      const parsed = gemini.embeddings?.parseRequest(isObject(request) ? request : {})
      if (!JSON.stringify(request).includes('inline_data'))
        expect(parsed).toMatchObject({ ok: true })
    })
  },
)

function membersOf(body: JsonValue | undefined): Members {
  const members = isObject(body) ? body : {}
  return { has: (name) => name in members, get: (name) => members[name] }
}

/** What only Google can do; everything else must be translatable. */
const onlyGoogle = /tool that only Google runs|responseLogprobs/

describe.skipIf(!present)(
  'recorded Gemini requests (skipped where the recordings are absent)',
  () => {
    const asked = replies.filter(({ request }) => isObject(request))

    it.each(asked)('$id parses and rebuilds to the same conversation', ({ model, request }) => {
      if (!isObject(request)) return
      const parsed = gemini.parseRequest(request)
      if (!parsed.ok) {
        expect(parsed.failure.message).toMatch(onlyGoogle)
        return
      }
      const context = { model, streaming: false, quirks: {} }
      const built = gemini.buildRequest(parsed.value.value, context)
      if (!built.ok) throw new Error(built.failure.message)
      const { body } = built.value.value
      const again = gemini.parseRequest(withoutBypass(body))
      if (!again.ok) throw new Error(again.failure.message)
      expect(again.value.value).toEqual(parsed.value.value)
      expect(words(body)).toEqual(words(request))
    })
  },
)

/** The signature that is made up for calls without one. */
function withoutBypass(body: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(body).replaceAll(
      '"thoughtSignature":"skip_thought_signature_validator"',
      '"_":0',
    ),
  )
}

/** Texts and names in a request, sorted, found without the parser. */
function words(body: JsonObject): string[] {
  const found: string[] = []
  const visit = (value: JsonValue | undefined, key: string) => {
    if (typeof value === 'string' && (key === 'text' || key === 'name') && value !== '') {
      found.push(value)
    } else if (Array.isArray(value)) for (const item of value) visit(item, key)
    else if (isObject(value)) for (const [name, item] of Object.entries(value)) visit(item, name)
  }
  visit(body['contents'], 'contents')
  visit(body['systemInstruction'], 'systemInstruction')
  return found.sort()
}
