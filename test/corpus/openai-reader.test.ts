import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../src/core/collect-reply.ts'
import type { FailureClass } from '../../src/core/failure.ts'
import { isObject, type JsonObject, type JsonValue } from '../../src/core/json.ts'
import type { Reply, ReplyEvent } from '../../src/core/reply.ts'
import type { Frame } from '../../src/dialects/dialect.ts'
import { openai } from '../../src/dialects/openai/index.ts'
import { readSseBlock } from '../../src/dialects/sse.ts'

const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus')
const present = existsSync(path.join(corpus, 'index.json'))

interface Entry {
  readonly id: string
  readonly file: string
  readonly api: string
  readonly provider: string
  readonly status: number
  readonly kind: string
  readonly features: readonly string[]
}

interface Exchange {
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string | string[]>>
    readonly body?: JsonValue
    readonly sse?: string
    readonly text?: string
  }
}

const entries: Entry[] = present
  ? JSON.parse(readFileSync(path.join(corpus, 'index.json'), 'utf8'))
  : []

const load = (entry: Entry): Exchange =>
  JSON.parse(readFileSync(path.join(corpus, entry.file), 'utf8'))

const isChat = (entry: Entry) => ['chat.completions', 'completions'].includes(entry.api)

function framesOf(sse: string): Frame[] {
  return sse
    .split(/\r?\n\r?\n/)
    .map(readSseBlock)
    .filter((frame) => frame !== null)
}

interface Naive {
  text: string
  reasoning: string
  refusal: string
  calls: { name: string; input: string }[]
  usage: [number, number] | null
}

/** The same facts, gathered without any of the reader's code. */
function naive(bodies: readonly JsonObject[], whole: boolean): Naive {
  const found: Naive = { text: '', reasoning: '', refusal: '', calls: [], usage: null }
  const calls = new Map<string, { name: string; input: string }>()
  const string = (value: unknown) => (typeof value === 'string' ? value : '')
  const list = (value: unknown): JsonValue[] => (Array.isArray(value) ? value : [])
  for (const body of bodies) {
    const groq = isObject(body['x_groq']) ? body['x_groq']['usage'] : undefined
    const usage = isObject(body['usage']) ? body['usage'] : groq
    if (isObject(usage)) {
      found.usage = [Number(usage['prompt_tokens']), Number(usage['completion_tokens'])]
    }
    found.text += string(body['value'])
    const [choice] = list(body['choices'])
    if (!isObject(choice) || (choice['index'] ?? 0) !== 0) continue
    found.text += string(choice['text'])
    const message = whole ? choice['message'] : choice['delta']
    if (!isObject(message)) continue
    found.text += string(message['content'])
    found.refusal += string(message['refusal'])
    for (const part of list(message['content'])) {
      if (!isObject(part)) continue
      found.text += string(part['text'])
      for (const thought of list(part['thinking'])) {
        if (isObject(thought)) found.reasoning += string(thought['text'])
      }
    }
    const shown = string(message['reasoning_content']) || string(message['reasoning'])
    found.reasoning += shown
    if (shown === '') {
      for (const detail of list(message['reasoning_details'])) {
        if (isObject(detail)) found.reasoning += string(detail['text']) + string(detail['summary'])
      }
    }
    if (isObject(message['audio'])) found.text += string(message['audio']['transcript'])
    const legacy = message['function_call']
    const given = isObject(legacy) ? [{ function: legacy }] : list(message['tool_calls'])
    given.forEach((call, position) => {
      if (!isObject(call) || !isObject(call['function'])) return
      const index = typeof call['index'] === 'number' ? call['index'] : position
      // One recording holds two replies of an agent in one stream, both with index 0.
      const key = `${index} ${whole ? '' : string(body['id'])}`
      const known = calls.get(key) ?? { name: '', input: '' }
      known.name += string(call['function']['name'])
      known.input += string(call['function']['arguments'])
      calls.set(key, known)
    })
  }
  // Some providers write an empty call where none was made.
  found.calls = [...calls.values()].filter(({ name, input }) => name !== '' || input !== '')
  return found
}

function summary(reply: Reply): Omit<Naive, 'usage'> {
  const join = (type: 'text' | 'reasoning' | 'refusal') =>
    reply.parts.map((part) => (part.type === type ? part.text : '')).join('')
  return {
    text: join('text'),
    reasoning: join('reasoning'),
    refusal: join('refusal'),
    calls: reply.parts
      .filter((part) => part.type === 'tool-call')
      .map(({ name, input }) => ({ name, input })),
  }
}

function checkReply(events: readonly ReplyEvent[], expected: Naive): void {
  const reply = collectReply(events)
  if ('class' in reply) throw new Error(`read as ${reply.class}: ${reply.message}`)
  const { usage, ...content } = expected
  expect(summary(reply)).toEqual({
    ...content,
    calls: content.calls.map((call) => ({ ...call, input: call.input || '{}' })),
  })
  if (usage !== null) {
    expect(reply.usage?.inputTokens).toBeGreaterThanOrEqual(usage[0])
    expect(reply.usage?.outputTokens).toBeGreaterThanOrEqual(usage[1])
  }
  if (content.calls.length > 0) expect(reply.finish).toBe('tool-calls')
  expect(reply.finish).not.toBe('other')
  const ids = reply.parts.filter((part) => part.type === 'tool-call').map((part) => part.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).not.toContain('')
  checkBlocks(events)
}

/** Every block ends once, after its start, and the reply ends last. */
function checkBlocks(events: readonly ReplyEvent[]): void {
  const open = new Set<number>()
  for (const event of events) {
    if (event.type === 'text-start' || event.type === 'reasoning-start') open.add(event.block)
    if (event.type === 'tool-call-start') open.add(event.block)
    if (event.type.endsWith('-delta') && 'block' in event && event.type !== 'refusal-delta') {
      expect(open).toContain(event.block)
    }
    if (event.type.endsWith('-end') && 'block' in event) expect(open.delete(event.block)).toBe(true)
  }
  expect(open.size).toBe(0)
  expect(events[0]?.type).toBe('reply-start')
  expect(events.at(-1)?.type).toBe('reply-end')
}

const whole = entries.filter(
  (entry) => isChat(entry) && entry.status === 200 && entry.kind === 'json',
)
const streams = entries.filter(
  (entry) => isChat(entry) && entry.status === 200 && entry.kind === 'sse',
)

describe.skipIf(!present)('recorded replies of OpenAI-like providers', () => {
  it('are there to be read', () => {
    expect(whole.length).toBeGreaterThan(50)
    expect(streams.length).toBeGreaterThan(50)
  })

  it.each(whole)('reads the whole reply $id', (entry) => {
    const { body } = load(entry).response
    if (!isObject(body)) throw new Error('no object')
    checkReply(openai.readReply(body), naive([body], true))
    const members = { has: (name: string) => name in body, get: (name: string) => body[name] }
    const operation = entry.api === 'completions' ? 'completion' : 'chat'
    const facts = openai.inspectReply(operation, members)
    expect(facts.failure).toBeNull()
    expect(facts.usage === null).toBe(!isObject(body['usage']))
  })

  it.each(streams)('reads the stream $id', (entry) => {
    const frames = framesOf(load(entry).response.sse ?? '')
    const reader = openai.streamReader(entry.api === 'completions' ? 'completion' : 'chat')
    const events: ReplyEvent[] = []
    for (const frame of frames) {
      const read = reader.read(frame)
      if (openai.isPlainDelta(frame)) {
        expect(read.some((event) => event.type === 'usage')).toBe(false)
        expect(read.some((event) => /^reply-(?:end|error)$/.test(event.type))).toBe(false)
        const otherChoice = /"choices": ?\[\{"index": ?[1-9]/.test(frame.data)
        expect(read.length > 0).toBe(!otherChoice)
      }
      events.push(...read)
    }
    const ended = events.some((event) => event.type === 'reply-end')
    expect(ended).toBe(frames.some((frame) => frame.data.trim() === '[DONE]'))
    events.push(...reader.end())
    if (frames.some((frame) => frame.event === 'error')) {
      const last = events.at(-1)
      expect(last?.type === 'reply-error' && last.failure.fault).toBe('provider')
      return
    }
    const bodies = frames
      .filter((frame) => frame.data.startsWith('{'))
      .map((frame): JsonObject => JSON.parse(frame.data))
    checkReply(events, naive(bodies, false))
  })

  it.each(streams)('notices that $id was cut', (entry) => {
    const frames = framesOf(load(entry).response.sse ?? '')
    // Bare values have no mark of their end, so a cut cannot be seen in them.
    if (entry.api === 'completions' && frames[0]?.data.startsWith('{"value"')) return
    const half = frames.slice(0, Math.floor(frames.length / 2))
    if (half.some((frame) => /"finish_reason": ?"/.test(frame.data))) return
    const reader = openai.streamReader('chat')
    const events = [...half.flatMap((frame) => reader.read(frame)), ...reader.end()]
    const last = events.at(-1)
    expect(last?.type === 'reply-error' && last.failure.class).toBe('truncated')
  })
})

/** What a label of the recording allows as a class; the first label that is there decides. */
const allowed: readonly (readonly [string, readonly FailureClass[]])[] = [
  ['auth', ['provider_auth']],
  ['context_length', ['context_length_exceeded']],
  ['model_not_found', ['model_not_found']],
  ['content_filter', ['content_filtered']],
  ['content_policy', ['content_filtered']],
  ['overloaded', ['overloaded']],
  // More tokens in one request than a minute allows is labelled as quota or rate limit too.
  ['quota', ['provider_quota_exhausted', 'provider_rate_limited', 'context_length_exceeded']],
  ['rate_limit', ['provider_rate_limited', 'context_length_exceeded']],
]

const byStatus: Readonly<Record<number, readonly FailureClass[]>> = {
  400: ['invalid_request', 'malformed_reply', 'model_not_found'],
  401: ['provider_auth'],
  403: ['provider_auth'],
  404: ['model_not_found', 'invalid_request'],
  408: ['timeout'],
  422: ['invalid_request'],
  500: ['server_error'],
}

const shaped =
  /^(?:chat\.completions|completions|embeddings|images|audio|moderations|rerank|models|responses)$/
const errors = entries.filter((entry) => entry.status >= 400 && shaped.test(entry.api))

describe.skipIf(!present)('recorded errors of OpenAI-like providers', () => {
  it.each(errors)('classifies $id', (entry) => {
    const { response } = load(entry)
    const headers = Object.fromEntries(
      Object.entries(response.headers ?? {}).map(([name, value]) => [name, String(value)]),
    )
    const body = response.body === undefined ? (response.text ?? '') : JSON.stringify(response.body)
    const nowMs = 1_790_000_000_000
    const found = openai.classifyFailure({ status: entry.status, headers, body, nowMs })
    const label = allowed.find(([name]) => entry.features.includes(name))
    expect(label?.[1] ?? byStatus[entry.status]).toContain(found.class)
    expect(found.message).not.toBe('')
    expect(found.upstreamStatus).toBe(entry.status)
    if (found.class === 'invalid_request') expect(found.retry).toBe('never')
    if (found.retryAfterMs !== null) expect(found.retryAfterMs).toBeLessThanOrEqual(3_600_000)
  })
})
