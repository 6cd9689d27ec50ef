import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../../../src/core/collect-reply.ts'
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts'
import type { Reply } from '../../../../src/core/reply.ts'
import type { Operation } from '../../../../src/core/request.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const read = (body: JsonValue) => collectReply(openai.readReply(body))

function reply(message: JsonObject, finish = 'stop', rest: JsonObject = {}): Reply {
  const found = read({ id: 'r', choices: [{ index: 0, message, finish_reason: finish }], ...rest })
  if ('class' in found) throw new Error(found.message)
  return found
}

const inspect = (body: JsonObject, operation: Operation = 'chat') =>
  openai.inspectReply(operation, { has: (name) => name in body, get: (name) => body[name] })

describe('readReply', () => {
  it('reads thought, text, refusal and calls in this order', () => {
    const found = reply(
      {
        role: 'assistant',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
        ],
        content: 'Text',
        reasoning_content: 'Thought',
        refusal: null,
      },
      'tool_calls',
      { usage: { prompt_tokens: 1, completion_tokens: 2 } },
    )
    expect(found.parts.map((part) => part.type)).toEqual([
      'reasoning',
      'text',
      'tool-call',
      'tool-call',
    ])
    expect(found.parts[3]).toMatchObject({ id: 'b', name: 'g', input: '{}' })
    expect(found).toMatchObject({ id: 'r', finish: 'tool-calls', usage: { outputTokens: 2 } })
  })

  it('tells calls without ids apart by their place', () => {
    const call = { type: 'function', id: '', function: { name: 'f', arguments: '{}' } }
    const ids = reply({ tool_calls: [call, call] }).parts.map((part) => 'id' in part && part.id)
    expect(new Set(ids).size).toBe(2)
  })

  it('takes empty values in place of a call for none', () => {
    const nothing = { name: '', arguments: '' }
    const message = { content: 'a', function_call: nothing, tool_calls: [{ function: nothing }] }
    const found = reply(message, '')
    expect(found.parts.map((part) => part.type)).toEqual(['text'])
    expect(found.finish).toBe('stop')
  })

  it('takes the message, not an empty delta beside it', () => {
    const choice = { index: 0, delta: { content: '' }, message: { content: 'a' } }
    const found = read({ choices: [{ ...choice, finish_reason: 'stop' }] })
    expect('parts' in found && found.parts).toMatchObject([{ type: 'text', text: 'a' }])
  })

  it('reads the words of a spoken reply', () => {
    const found = reply({ content: null, audio: { id: 'x', data: 'AA', transcript: 'beep' } })
    expect(found.parts).toMatchObject([{ type: 'text', text: 'beep' }])
  })

  it('keeps a signature of the text', () => {
    const extra_content = { google: { thought_signature: 'sig' } }
    expect(reply({ content: 'a', extra_content }).parts[0]).toMatchObject({
      signature: { dialect: 'gemini', value: 'sig' },
    })
  })

  it('reads legacy completions', () => {
    const found = read({ choices: [{ text: 'a', index: 0, finish_reason: 'length' }] })
    expect(found).toMatchObject({ finish: 'length', parts: [{ text: 'a' }] })
  })

  it.each([
    [{ error: { message: 'Rate limit', code: 429 } }, 'provider_rate_limited'],
    [{ error: 'Model overloaded' }, 'overloaded'],
    [{ detail: 'Model m does not exist' }, 'model_not_found'],
    [{ choices: [{ error: { code: 502, message: 'x' }, message: {} }] }, 'server_error'],
    [{ choices: [{ message: { content: 'half' }, finish_reason: 'error' }] }, 'server_error'],
    [{ choices: [] }, 'malformed_reply'],
    [{ hello: 'world' }, 'malformed_reply'],
    [[], 'malformed_reply'],
    [null, 'malformed_reply'],
  ])('%j is an error', (body, failureClass) => {
    const events = openai.readReply(body)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ type: 'reply-error', failure: { class: failureClass } })
  })

  it('never throws, whatever comes', () => {
    const value = fc.jsonValue()
    const message = fc.dictionary(
      fc.constantFrom(
        'content',
        'tool_calls',
        'reasoning',
        'reasoning_details',
        'refusal',
        'audio',
      ),
      value,
    )
    fc.assert(
      fc.property(value, message, (any, given) => {
        for (const body of [any, { choices: [{ message: given }] }, { choices: any, usage: any }]) {
          const events = openai.readReply(JSON.parse(JSON.stringify(body)))
          expect(events.at(-1)?.type).toMatch(/^reply-(?:end|error)$/)
        }
      }),
    )
  })
})

describe('inspectReply', () => {
  const choices = [{ message: { content: 'a' }, finish_reason: 'stop' }]

  it('finds usage', () => {
    const usage = { prompt_tokens: 4, completion_tokens: 2 }
    expect(inspect({ choices, usage })).toMatchObject({ failure: null, usage: { inputTokens: 4 } })
    expect(inspect({ choices })).toEqual({ failure: null, usage: null })
    expect(inspect({ data: [], usage: { total_tokens: 7 } }, 'embedding').usage?.inputTokens).toBe(
      7,
    )
  })

  const failures: [JsonObject, Operation, string][] = [
    [{ error: { message: 'x', code: 429 } }, 'chat', 'provider_rate_limited'],
    [{ message: 'Rate limit exceeded', type: 'rate_limited' }, 'chat', 'provider_rate_limited'],
    [{ id: 'x' }, 'chat', 'malformed_reply'],
    [{ choices: [{ finish_reason: 'error' }] }, 'chat', 'server_error'],
    [{ choices: [{ error: { message: 'Overloaded' } }] }, 'chat', 'overloaded'],
    [{ id: 'x' }, 'embedding', 'malformed_reply'],
    [{ error: { message: 'x' } }, 'image', 'server_error'],
  ]
  it.each(failures)('%j for %s is %s', (body, operation, failureClass) => {
    expect(inspect(body, operation).failure?.class).toBe(failureClass)
  })

  const replies: [JsonObject, Operation][] = [
    [{ choices, error: null }, 'chat'],
    [{ results: [] }, 'rerank'],
    [{ text: 'Hi' }, 'audio'],
    [{ created: 1, data: [] }, 'image'],
    [{ results: [], id: 'm' }, 'moderation'],
  ]
  it.each(replies)('%j is fine for %s', (body, operation) => {
    expect(inspect(body, operation).failure).toBeNull()
  })

  it('looks for nothing else where only usage can be read', () => {
    const facts = openai.inspectReply('chat', {
      has: () => true,
      get: (name) => (name === 'usage' ? { prompt_tokens: 1 } : undefined),
    })
    expect(facts).toMatchObject({ failure: null, usage: { inputTokens: 1 } })
  })
})
