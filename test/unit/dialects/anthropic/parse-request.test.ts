import { describe, expect, it } from 'vitest'
import type { Conversation } from '../../../../src/core/conversation.ts'
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts'
import { sealSignature, unsigned } from '../../../../src/core/signature.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import { writeCallSignature } from '../../../../src/dialects/anthropic/signatures.ts'
import { toWireId } from '../../../../src/dialects/anthropic/tool-ids.ts'

const hello: JsonObject = { role: 'user', content: 'Hello' }

function request(fields: JsonObject): JsonObject {
  return { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [hello], ...fields }
}

function parse(fields: JsonObject): Conversation {
  const outcome = anthropic.parseRequest(request(fields))
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value.value
}

function warningsOf(fields: JsonObject): readonly string[] {
  const outcome = anthropic.parseRequest(request(fields))
  return outcome.ok ? outcome.value.warnings : []
}

function refusal(fields: JsonObject) {
  const outcome = anthropic.parseRequest(request(fields))
  if (outcome.ok) throw new Error('it was understood')
  return outcome.failure
}

const userSays = (content: JsonValue): JsonObject => ({ messages: [{ role: 'user', content }] })
const modelSays = (...content: JsonValue[]): JsonObject => ({
  messages: [hello, { role: 'assistant', content }],
})

describe('a Messages request', () => {
  it('is read with its settings', () => {
    const conversation = parse({
      system: 'Be brief.',
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
    })
    expect(conversation).toMatchObject({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }], developer: false },
        { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
      ],
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      stopSequences: ['END'],
      user: 'u1',
      output: { type: 'text' },
      reasoning: null,
    })
  })

  it('keeps prompt-cache marks', () => {
    const mark = { type: 'ephemeral', ttl: '1h' }
    const conversation = parse({
      system: [{ type: 'text', text: 'Rules', cache_control: mark }],
      tools: [{ name: 'f', input_schema: { type: 'object' }, cache_control: mark }],
      ...userSays([{ type: 'text', text: 'Hi', cache_control: mark }]),
    })
    expect(conversation.messages[0]?.content[0]).toMatchObject({ cache: mark })
    expect(conversation.messages[1]?.content[0]).toMatchObject({ cache: mark })
    expect(conversation.tools[0]).toMatchObject({ cache: mark })
  })

  it.each<[string, JsonObject, JsonObject]>([
    [
      'an image by value',
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      { type: 'file', mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' } },
    ],
    [
      'an image by address',
      { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
      { type: 'file', mediaType: 'image/*', source: { kind: 'url', url: 'https://x/y.png' } },
    ],
    [
      'an uploaded file',
      { type: 'document', source: { type: 'file', file_id: 'file_1' }, title: 'Report' },
      {
        type: 'file',
        mediaType: 'application/pdf',
        filename: 'Report',
        source: { kind: 'id', id: 'file_1', dialect: 'anthropic' },
      },
    ],
    [
      'a document of plain text',
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'abc' } },
      { type: 'file', mediaType: 'text/plain', source: { kind: 'text', text: 'abc' } },
    ],
    [
      'a search result',
      {
        type: 'search_result',
        title: 'T',
        source: 'https://x',
        content: [{ type: 'text', text: 'abc' }],
      },
      { type: 'text', text: 'T\nhttps://x\nabc' },
    ],
  ])('understands %s', (_, block, part) => {
    expect(parse(userSays([block])).messages[0]?.content[0]).toMatchObject(part)
  })

  it('takes a document of blocks apart', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://x/y.png' } }
    const source = { type: 'content', content: [{ type: 'text', text: 'One' }, image] }
    const content = parse(userSays([{ type: 'document', source }])).messages[0]?.content
    expect(content).toMatchObject([{ type: 'text', text: 'One' }, { type: 'file' }])
  })

  it('splits results of tools from what the user says with them', () => {
    const conversation = parse({
      messages: [
        hello,
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } }],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: 'sunny', is_error: true },
            { type: 'tool_result', tool_use_id: 't2' },
            { type: 'text', text: 'And now?' },
          ],
        },
      ],
    })
    expect(conversation.messages.slice(1)).toMatchObject([
      {
        role: 'assistant',
        content: [{ type: 'tool-call', id: 't1', name: 'f', input: '{"a":1}' }],
      },
      {
        role: 'tool',
        content: [
          { callId: 't1', content: [{ type: 'text', text: 'sunny' }], isError: true },
          { callId: 't2', content: [], isError: false },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'And now?' }] },
    ])
  })

  it('reads thinking with its signature, of Anthropic or sealed', () => {
    const foreign = { dialect: 'openai-responses', value: 'gAAA:x', id: 'rs_1' } as const
    const parts = parse(
      modelSays(
        { type: 'thinking', thinking: 'Hm', signature: 'own' },
        { type: 'thinking', thinking: 'Hm', signature: sealSignature(foreign) },
        { type: 'thinking', thinking: 'Hm', signature: '' },
        { type: 'thinking', thinking: 'Hm', signature: sealSignature(unsigned) },
        { type: 'redacted_thinking', data: 'secret' },
      ),
    ).messages[1]?.content
    expect(parts).toEqual([
      {
        type: 'reasoning',
        text: 'Hm',
        signature: { dialect: 'anthropic', value: 'own', id: null },
        redacted: false,
      },
      { type: 'reasoning', text: 'Hm', signature: foreign, redacted: false },
      { type: 'reasoning', text: 'Hm', signature: null, redacted: false },
      { type: 'reasoning', text: 'Hm', signature: null, redacted: false },
      {
        type: 'reasoning',
        text: '',
        signature: { dialect: 'anthropic', value: 'secret', id: null },
        redacted: true,
      },
    ])
  })

  it('gives a sealed signature back to the tool call it stands before', () => {
    const signature = { dialect: 'gemini', value: 'sig', id: null } as const
    const parts = parse(
      modelSays(
        { type: 'thinking', thinking: '', signature: sealSignature(signature) },
        { type: 'tool_use', id: 't1', name: 'f', input: {} },
        { type: 'tool_use', id: 't2', name: 'g', input: {} },
      ),
    ).messages[1]?.content
    expect(parts).toEqual([
      { type: 'tool-call', id: 't1', name: 'f', input: '{}', signature },
      { type: 'tool-call', id: 't2', name: 'g', input: '{}', signature: null },
    ])
  })

  it('gives a sealed signature back to the tool call it names, wherever it stands', () => {
    const signature = { dialect: 'openai-responses', value: 'sig', id: 'fc_1' } as const
    const carried = writeCallSignature(signature, toWireId('a:1'))
    const parts = parse(
      modelSays(
        { type: 'tool_use', id: toWireId('a:1'), name: 'f', input: {} },
        { type: 'thinking', thinking: '', signature: carried },
        { type: 'tool_use', id: 't2', name: 'g', input: {} },
      ),
    ).messages[1]?.content
    expect(parts).toMatchObject([
      { id: 'a:1', signature },
      { id: 't2', signature: null },
    ])
  })

  it('forgets a sealed signature whose call is gone', () => {
    const signature = { dialect: 'gemini', value: 'sig', id: null } as const
    const carried = writeCallSignature(signature, 'gone')
    const parts = parse(
      modelSays(
        { type: 'thinking', thinking: '', signature: carried },
        { type: 'tool_use', id: 't1', name: 'f', input: {} },
      ),
    ).messages[1]?.content
    expect(parts).toMatchObject([{ type: 'tool-call', signature: null }])
  })

  it('keeps reasoning without text of other dialects apart from tool calls', () => {
    const signature = { dialect: 'openai-responses', value: 'enc', id: 'rs_1' } as const
    const parts = parse(
      modelSays(
        { type: 'thinking', thinking: '', signature: sealSignature(signature) },
        { type: 'tool_use', id: 't1', name: 'f', input: {} },
      ),
    ).messages[1]?.content
    expect(parts).toMatchObject([{ type: 'reasoning', signature }, { type: 'tool-call' }])
  })

  it.each<[JsonObject, object]>([
    [{ thinking: { type: 'disabled' } }, { effort: 'none', budgetTokens: null }],
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { effort: null, budgetTokens: 2000 }],
    [{ thinking: { type: 'adaptive', display: 'summarized' } }, { effort: 'high', visible: true }],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, { effort: 'low' }],
    [{ output_config: { effort: 'xhigh' } }, { effort: 'xhigh', budgetTokens: null }],
  ])('reads %j as reasoning', (fields, reasoning) => {
    expect(parse(fields).reasoning).toMatchObject(reasoning)
  })

  it.each<[JsonObject, object]>([
    [{ type: 'auto' }, { toolChoice: { type: 'auto' }, parallelToolCalls: null }],
    [
      { type: 'any', disable_parallel_tool_use: true },
      { toolChoice: { type: 'required' }, parallelToolCalls: false },
    ],
    [{ type: 'tool', name: 'f' }, { toolChoice: { type: 'tool', name: 'f' } }],
    [{ type: 'none' }, { toolChoice: { type: 'none' } }],
  ])('reads the tool choice %j', (choice, expected) => {
    expect(parse({ tool_choice: choice })).toMatchObject(expected)
  })

  it.each(['output_format', 'output_config'])('reads a schema from %s', (place) => {
    const format = { type: 'json_schema', schema: { type: 'object' } }
    const fields: JsonObject =
      place === 'output_format' ? { output_format: format } : { output_config: { format } }
    expect(parse(fields).output).toMatchObject({ type: 'json-schema', schema: { type: 'object' } })
  })

  it('reads a system message between turns', () => {
    const conversation = parse({
      messages: [
        hello,
        {
          role: 'system',
          content: [
            { type: 'text', text: 'Now in French.' },
            { type: 'tool_addition', tool: { type: 'tool_reference', name: 'f' } },
          ],
        },
      ],
    })
    expect(conversation.messages[1]).toMatchObject({ content: [{ text: 'Now in French.' }] })
    expect(conversation.messages[1]?.content).toHaveLength(1)
  })
})

describe('what only Anthropic has', () => {
  it.each<[JsonObject, string]>([
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'web_search'],
    [{ tools: [{ type: 'bash_20250124', name: 'bash' }] }, 'bash'],
    [{ tools: [{ type: 'mcp_toolset', mcp_server_name: 'm' }] }, 'mcp_toolset'],
    [{ mcp_servers: [{ type: 'url', url: 'https://x', name: 'm' }] }, 'MCP'],
    [{ inference_geo: 'us' }, 'region'],
    [userSays([{ type: 'container_upload', file_id: 'f' }]), 'container_upload'],
  ])('%j is refused, so that another target may serve it', (fields, named) => {
    const found = refusal(fields)
    expect(found).toMatchObject({ class: 'invalid_request', retry: 'other' })
    expect(found.message).toContain(named)
    expect(found.message).toContain('Anthropic dialect')
  })

  it.each<[JsonObject, string]>([
    [{ context_management: { edits: [{}] } }, 'context_management'],
    [{ service_tier: 'standard_only' }, 'service_tier'],
    [{ container: 'c1' }, 'container'],
    [{ something_new: 1 }, 'something_new'],
    [{ tools: [{ type: 'tool_search_tool_regex_20251119', name: 'find' }] }, 'find'],
    [
      modelSays({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      'server_tool_use',
    ],
  ])('%j is left out with a warning', (fields, named) => {
    expect(warningsOf(fields).join()).toContain(named)
  })

  it('is not mentioned where it says nothing', () => {
    const idle = { service_tier: 'auto', mcp_servers: [], container: null, inference_geo: 'global' }
    expect(warningsOf({ ...idle, anthropic_version: 'bedrock-2023-05-31' })).toEqual([])
  })
})

describe('mistakes', () => {
  it.each<[JsonObject, string]>([
    [{ max_tokens: null }, 'max_tokens'],
    [{ max_tokens: '100' }, 'max_tokens'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ messages: [] }, 'messages'],
    [{ messages: 'Hi' }, 'messages'],
    [{ messages: ['Hi'] }, 'messages.0'],
    [{ messages: [{ role: 'robot', content: 'Hi' }] }, 'messages.0.role'],
    [userSays(5), 'messages.0.content'],
    [userSays([{ type: 'text', text: 5 }]), 'messages.0.content.0.text'],
    [userSays([{ text: 'Hi' }]), 'messages.0.content.0.type'],
    [userSays([{ type: 'image', source: { type: 'ftp' } }]), 'messages.0.content.0.source.type'],
    [userSays([{ type: 'image' }]), 'messages.0.content.0.source'],
    [
      modelSays({ type: 'tool_use', id: 't', name: 'f', input: '{}' }),
      'messages.1.content.0.input',
    ],
    [modelSays({ type: 'image' }), 'messages.1.content.0.type'],
    [{ system: [{ type: 'image' }] }, 'system.0.type'],
    [{ system: 5 }, 'system'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ stop_sequences: 'END' }, 'stop_sequences'],
    [{ stop_sequences: ['a', 1] }, 'stop_sequences.1'],
    [{ tools: [{ name: 'f' }] }, 'tools.0.input_schema'],
    [{ tools: [{ input_schema: {} }] }, 'tools.0.name'],
    [{ tool_choice: { type: 'maybe' } }, 'tool_choice.type'],
    [{ tool_choice: 'auto' }, 'tool_choice'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [{ thinking: { type: 'deep' } }, 'thinking.type'],
    [{ output_config: { effort: 'huge' } }, 'output_config.effort'],
    [{ output_config: { format: { type: 'xml' } } }, 'output_config.format.type'],
    [{ metadata: { user_id: 5 } }, 'metadata.user_id'],
  ])('%j names %s', (fields, param) => {
    const found = refusal(fields)
    expect(found).toMatchObject({ class: 'invalid_request', param, retry: 'other' })
    expect(found.message).toContain(param)
  })
})
