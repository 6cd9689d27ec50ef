import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const plain = (data: string, event: string | null = null) => openai.isPlainDelta({ event, data })

const chunk = (choice: JsonObject, rest: JsonObject = {}): string =>
  JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [choice], ...rest })

const delta = (content: JsonObject, rest: JsonObject = {}) =>
  chunk({ index: 0, delta: content, finish_reason: null, ...rest })

describe('isPlainDelta', () => {
  it.each([
    ['content', delta({ content: 'Hi' })],
    ['content with role', delta({ role: 'assistant', content: 'Hi' })],
    ['reasoning', delta({ reasoning_content: 'Hm' })],
    ['reasoning by its other name', delta({ content: null, reasoning: 'Hm' })],
    ['tool input', delta({ tool_calls: [{ index: 0, function: { arguments: '{"a' } }] })],
    ['null usage and padding', chunk({ delta: { content: 'x' } }, { usage: null, p: 'ab' })],
    ['spaces', '{"choices": [{"delta": {"content": "x"}, "finish_reason": null}], "usage": null}'],
    [
      'text that quotes members',
      delta({ content: '"usage":{},"finish_reason":"stop","error":{}' }),
    ],
  ])('is true for %s', (_, data) => {
    expect(plain(data)).toBe(true)
  })

  it.each([
    ['the role alone', delta({ role: 'assistant', content: '' })],
    ['a finish reason', delta({ content: 'x' }, { finish_reason: 'stop' })],
    [
      'a finish reason after spaces',
      '{"choices":[{"delta":{"content":"x"},"finish_reason": "stop"}]}',
    ],
    ['usage', chunk({ delta: { content: 'x' } }, { usage: { prompt_tokens: 1 } })],
    ['usage before the choices', `{"usage":{"a":1},${delta({ content: 'x' }).slice(1)}`],
    ["Groq's usage", chunk({ delta: { content: 'x' } }, { x_groq: { usage: {} } })],
    ['an error', chunk({ delta: { content: 'x' } }, { error: { message: 'no' } })],
    ['the usage chunk', '{"choices":[],"usage":{"prompt_tokens":1}}'],
    ['an empty delta', delta({})],
    ['the end mark', '[DONE]'],
    ['nothing', ''],
    ['a cut chunk', '{"choices":[{"delta":{"content":"he'],
    ['a chunk that is not closed', '{"choices":[{"delta":{"content":"he"}}'],
    ['a bare control character', delta({ content: 'q!q' }).replace('!', '\u0000')],
    ['a bare control character first', delta({ content: '!q' }).replace('!', '\u0000')],
    ['garbage', '{"choices":[{"delta":{"content": oops}}]}'],
  ])('is false for %s', (_, data) => {
    expect(plain(data)).toBe(false)
  })

  it('is false for a named event', () => {
    expect(plain(delta({ content: 'x' }), 'error')).toBe(false)
  })
})
