import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, type JsonValue } from '../../../../src/core/json.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'

const anything = fc
  .jsonValue({ maxDepth: 3 })
  .map((value): JsonValue => JSON.parse(JSON.stringify(value)))

const request: JsonObject = {
  model: 'claude-sonnet-4-5',
  max_tokens: 100,
  system: [{ type: 'text', text: 'Rules', cache_control: { type: 'ephemeral' } }],
  tools: [{ name: 'f', input_schema: { type: 'object' } }],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 2000 },
  output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'url', url: 'https://x' } },
        { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'Hi' }] } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'sig' },
        { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'Hi' }] },
  ],
}

const reply: JsonObject = {
  type: 'message',
  id: 'msg_1',
  content: [
    { type: 'text', text: 'Hi', citations: [{ url: 'https://x', title: 'X' }] },
    { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
  ],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1, iterations: [{ type: 'compaction' }] },
}

const events: readonly JsonObject[] = [
  { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 1 } } },
  {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'tool_use', id: 't', name: 'f' },
  },
  {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'input_json_delta', partial_json: '{}' },
  },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 1 } },
  { type: 'error', error: { type: 'overloaded_error', message: 'Full' } },
]

/** The value with one place in it, chosen by `path`, replaced. */
function replaced(value: JsonValue, path: readonly number[], by: JsonValue): JsonValue {
  const [step, ...rest] = path
  if (step === undefined) return by
  if (Array.isArray(value)) {
    if (value.length === 0) return by
    return value.map((item, index) =>
      index === step % value.length ? replaced(item, rest, by) : item,
    )
  }
  if (!isObject(value)) return by
  const keys = Object.keys(value)
  const chosen = keys[step % Math.max(1, keys.length)]
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === chosen ? replaced(item ?? null, rest, by) : (item ?? null),
    ]),
  )
}

const path = fc.array(fc.nat(20), { minLength: 1, maxLength: 6 })

describe('no input', () => {
  it('throws as a request: it is understood or refused with the field at fault', () => {
    fc.assert(
      fc.property(path, anything, (place, by) => {
        const body = replaced(request, place, by)
        const parsed = anthropic.parseRequest(isObject(body) ? body : {})
        if (!parsed.ok) {
          expect(parsed.failure.param).not.toBeNull()
          return
        }
        const context = { model: 'claude-opus-5', streaming: false, quirks: {} }
        expect(anthropic.buildRequest(parsed.value.value, context)).toHaveProperty('ok')
      }),
      { numRuns: 1000 },
    )
  })

  it('throws as a whole reply: it ends or is an error', () => {
    fc.assert(
      fc.property(path, anything, (place, by) => {
        const body = replaced(reply, place, by)
        expect(anthropic.readReply(body).at(-1)?.type).toMatch(/^reply-(?:end|error)$/)
        const members = isObject(body) ? body : {}
        const facts = anthropic.inspectReply('chat', {
          has: (name) => name in members,
          get: (name) => members[name],
        })
        expect(facts).toHaveProperty('usage')
      }),
      { numRuns: 1000 },
    )
  })

  it('throws as a stream: it ends or is an error, once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), path, anything)), (changes) => {
        const reader = anthropic.streamReader('chat')
        const read = changes.flatMap(([which, place, by]) => {
          const event = events[which % events.length] ?? {}
          const data = JSON.stringify(replaced(event, place, by))
          return reader.read({ event: String(event['type']), data })
        })
        const ends = [...read, ...reader.end(), ...reader.end()].filter(({ type }) =>
          /^reply-(?:end|error)$/.test(type),
        )
        expect(ends).toHaveLength(1)
      }),
      { numRuns: 500 },
    )
  })

  it('throws as an error answer: it has a class', () => {
    const status = fc.integer({ min: 300, max: 599 })
    const headers = fc.dictionary(fc.constantFrom('retry-after', 'x'), fc.string())
    fc.assert(
      fc.property(status, fc.oneof(fc.json(), fc.string()), headers, (code, body, received) => {
        const found = anthropic.classifyFailure({ status: code, headers: received, body, nowMs: 0 })
        expect(found.message).not.toBe('')
        expect(found.upstreamStatus).toBe(code)
      }),
    )
  })

  it('is taken for a property every object has', () => {
    const odd = { ...request, constructor: 1, toString: 2 }
    const parsed = anthropic.parseRequest(odd)
    expect(parsed.ok && parsed.value.warnings.join()).toContain('constructor')
    const events = anthropic.readReply({ content: [], stop_reason: 'constructor' })
    expect(events.at(-1)).toMatchObject({ finish: 'other' })
  })
})
