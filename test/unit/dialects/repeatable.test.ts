import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import type { Dialect } from '../../../src/core/request.ts'
import type { Members } from '../../../src/dialects/dialect.ts'
import { isRepeatable } from '../../../src/dialects/repeatable.ts'

const members = (body: JsonObject): Members => ({
  has: (name) => name in body,
  get: (name) => body[name],
})

const own = { type: 'function', function: { name: 'find' } }

describe('isRepeatable', () => {
  it.each<[Dialect, JsonObject]>([
    ['openai', { messages: [] }],
    ['openai', { tools: [own] }],
    ['anthropic', { tools: [{ name: 'find' }, { type: 'bash_20250124', name: 'bash' }] }],
    ['gemini', { tools: [{ functionDeclarations: [] }] }],
    ['openai-responses', { store: false, tools: [own] }],
  ])('%s %j', (dialect, body) => {
    expect(isRepeatable(dialect, members(body))).toBe(true)
  })

  it.each<[Dialect, JsonObject]>([
    ['openai', { store: true }],
    ['openai', { web_search_options: {} }],
    ['openai', { tools: [{ type: 'mcp' }] }],
    ['anthropic', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['anthropic', { mcp_servers: [] }],
    ['gemini', { tools: [{ googleSearch: {} }] }],
    ['gemini', { tools: [null] }],
    ['openai-responses', {}],
    ['openai-responses', { store: false, background: true }],
    ['openai-responses', { store: false, conversation: 'conv_1' }],
    ['openai-responses', { store: false, tools: [{ type: 'code_interpreter' }] }],
  ])('not %s %j', (dialect, body) => {
    expect(isRepeatable(dialect, members(body))).toBe(false)
  })
})
