import { describe, expect, it } from 'vitest'
import type { Conversation, FilePart, Message } from '../../../../src/core/conversation.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import type { Quirks } from '../../../../src/dialects/dialect.ts'

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const system = (text: string, developer = false): Message => ({
  role: 'system',
  content: [{ type: 'text', text }],
  developer,
})
const call = (id: string, input = '{}'): Message => ({
  role: 'assistant',
  content: [{ type: 'tool-call', id, name: 'f', input }],
})
const result = (callId: string, text: string): Message => ({
  role: 'tool',
  content: [
    { type: 'tool-result', callId, name: 'f', content: [{ type: 'text', text }], isError: false },
  ],
})
const tool = { name: 'f', description: null, parameters: null, strict: null }

const plain: Conversation = {
  messages: [user('Hello')],
  tools: [],
  toolChoice: null,
  parallelToolCalls: null,
  output: { type: 'text' },
  maxOutputTokens: null,
  temperature: null,
  topP: null,
  topK: null,
  stopSequences: [],
  seed: null,
  presencePenalty: null,
  frequencyPenalty: null,
  reasoning: null,
  user: null,
  metadata: {},
}

interface Options {
  model?: string
  quirks?: Quirks
  streaming?: boolean
}

function outcomeOf(fields: Partial<Conversation>, options: Options) {
  return anthropic.buildRequest(
    { ...plain, ...fields },
    {
      model: options.model ?? 'claude-sonnet-4-5',
      streaming: options.streaming ?? false,
      quirks: options.quirks ?? {},
    },
  )
}

function build(fields: Partial<Conversation>, options: Options = {}) {
  const outcome = outcomeOf(fields, options)
  if (!outcome.ok) throw new Error(outcome.failure.message)
  const { value, warnings } = outcome.value
  return { body: value.body, headers: value.headers, warnings: warnings.join(' ') }
}

const effort = (word: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max') => ({
  reasoning: { effort: word, budgetTokens: null, visible: null },
})
const budget = (budgetTokens: number) => ({
  reasoning: { effort: null, budgetTokens, visible: null },
})

describe('a request for Anthropic', () => {
  it('is as small as it can be', () => {
    const { body, headers, warnings } = build({})
    expect(body).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: 'Hello' }],
    })
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01' })
    expect(warnings).toBe('')
  })

  it('goes to /messages and says whether it streams', () => {
    const outcome = outcomeOf({ user: 'u1' }, { streaming: true })
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        value: {
          endpoint: { path: '/messages', operation: 'chat' },
          body: { stream: true, metadata: { user_id: 'u1' } },
        },
      },
    })
  })

  it('gathers system messages at the top', () => {
    const messages = [system('One'), system('Two', true), user('Hi'), system('Late')]
    const { body, warnings } = build({ messages })
    expect(body['system']).toEqual([
      { type: 'text', text: 'One' },
      { type: 'text', text: 'Two' },
      { type: 'text', text: 'Late' },
    ])
    expect(body['messages']).toEqual([{ role: 'user', content: 'Hi' }])
    expect(warnings).toContain('moved to the beginning')
    expect(build({ messages: [system('One'), user('Hi')] }).body['system']).toBe('One')
  })

  it('takes turns, with the results of tools first', () => {
    const { body } = build({
      messages: [
        user('One'),
        user('Two'),
        call('a'),
        call('b', '{"x":1}'),
        result('a', 'A'),
        user('Three'),
        result('b', 'B'),
      ],
    })
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
          { type: 'tool_use', id: 'b', name: 'f', input: { x: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'A' },
          { type: 'tool_result', tool_use_id: 'b', content: 'B' },
          { type: 'text', text: 'Three' },
        ],
      },
    ])
  })

  it('never holds empty texts, a start by the model or no turn at all', () => {
    const blank = build({ messages: [user(' '), user('Hi'), user('')] })
    expect(blank.body['messages']).toEqual([{ role: 'user', content: 'Hi' }])
    const reversed = build({
      messages: [{ role: 'assistant', content: [{ type: 'text', text: 'I begin. ' }] }],
    })
    expect(reversed.body['messages']).toEqual([
      { role: 'user', content: 'Begin.' },
      { role: 'assistant', content: 'I begin.' },
    ])
    const alone = build({ messages: [system('Tell a joke.')] })
    expect(alone.body['system']).toBeUndefined()
    expect(alone.body['messages']).toEqual([{ role: 'user', content: 'Tell a joke.' }])
  })

  it('spells ids of tool calls the same on both sides', () => {
    const { body } = build({
      messages: [user('Hi'), call('functions.f:0'), result('functions.f:0', 'A')],
    })
    const text = JSON.stringify(body)
    const [id] = /wbid_[\w-]+/.exec(text) ?? []
    expect(text.split(`"${id}"`)).toHaveLength(3)
    expect(text).not.toContain('functions.f:0')
  })

  it('wraps input that is no object', () => {
    const { body } = build({
      messages: [user('Hi'), call('a', '{"x":'), call('b', '[1]'), call('c', '')],
    })
    expect(JSON.stringify(body)).toContain('{"INVALID_JSON":"{\\"x\\":"}')
    expect(JSON.stringify(body)).toContain('{"INVALID_JSON":"[1]"}')
    expect(JSON.stringify(body)).toContain('"id":"c","name":"f","input":{}')
  })

  it('sends reasoning of Anthropic only', () => {
    const reasoning = (dialect: 'anthropic' | 'gemini', redacted = false) => ({
      type: 'reasoning' as const,
      text: redacted ? '' : 'Hm',
      signature: { dialect, value: 'sig', id: null },
      redacted,
    })
    const content = [
      reasoning('gemini'),
      reasoning('anthropic'),
      reasoning('anthropic', true),
      { type: 'text' as const, text: 'So' },
    ]
    const { body, warnings } = build({
      messages: [user('Hi'), { role: 'assistant', content }, user('On')],
    })
    expect(body['messages']).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 'sig' },
          { type: 'redacted_thinking', data: 'sig' },
          { type: 'text', text: 'So' },
        ],
      },
      {},
    ])
    expect(warnings).toContain('another provider')
  })
})

describe('files for Anthropic', () => {
  const file = (fields: Partial<FilePart>): FilePart => ({
    type: 'file',
    mediaType: 'image/png',
    source: { kind: 'base64', data: 'iVBORw0KGgo=' },
    filename: null,
    ...fields,
  })
  const sent = (part: FilePart) => outcomeOf({ messages: [{ role: 'user', content: [part] }] }, {})
  const block = (part: FilePart): unknown => {
    const outcome = sent(part)
    if (!outcome.ok) throw new Error(outcome.failure.message)
    return outcome.value.value.body['messages']
  }

  it.each<[Partial<FilePart>, object]>([
    [{}, { type: 'image', source: { type: 'base64', media_type: 'image/png' } }],
    [{ mediaType: 'image/*' }, { type: 'image', source: { media_type: 'image/png' } }],
    [
      { mediaType: 'image/jpg', source: { kind: 'base64', data: '/9j/' } },
      { type: 'image', source: { media_type: 'image/jpeg' } },
    ],
    [
      { mediaType: 'image/*', source: { kind: 'url', url: 'https://x/y' } },
      { type: 'image', source: { type: 'url', url: 'https://x/y' } },
    ],
    [
      {
        mediaType: 'application/octet-stream',
        source: { kind: 'base64', data: 'JVBERi0x' },
        filename: 'a.pdf',
      },
      {
        type: 'document',
        title: 'a.pdf',
        source: { type: 'base64', media_type: 'application/pdf' },
      },
    ],
    [
      { mediaType: 'application/pdf', source: { kind: 'url', url: 'https://x/y' } },
      { type: 'document', source: { type: 'url', url: 'https://x/y' } },
    ],
    [
      { mediaType: 'text/csv', source: { kind: 'base64', data: 'w6Q7w7wK' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'ä;ü\n' } },
    ],
    [
      { mediaType: 'text/plain', source: { kind: 'text', text: 'abc' } },
      { type: 'document', source: { type: 'text', data: 'abc' } },
    ],
  ])('%j is sent in its form', (fields, expected) => {
    expect(block(file(fields))).toMatchObject([{ role: 'user', content: [expected] }])
  })

  it.each<Partial<FilePart>>([
    { mediaType: 'audio/wav' },
    { mediaType: 'video/mp4', source: { kind: 'url', url: 'https://x/y' } },
    { mediaType: 'image/bmp' },
    { mediaType: 'image/png', source: { kind: 'id', id: 'file-1', dialect: 'openai' } },
    { mediaType: 'application/zip' },
  ])('%j is refused, so that another target may take it', (fields) => {
    expect(sent(file(fields))).toMatchObject({
      ok: false,
      failure: { class: 'invalid_request', retry: 'other', param: 'messages.0.content.0' },
    })
  })

  it('of their own ids need a beta header', () => {
    const outcome = sent(file({ source: { kind: 'id', id: 'file_1', dialect: 'anthropic' } }))
    expect(outcome).toMatchObject({
      value: { value: { headers: { 'anthropic-beta': 'files-api-2025-04-14' } } },
    })
  })
})

describe('settings for Anthropic', () => {
  it.each<[Partial<Conversation>, Options, JsonObject, string]>([
    [{ temperature: 1.6 }, {}, { temperature: 1 }, 'Anthropic takes 0 to 1'],
    [{ temperature: 0.5, topP: 0.5 }, {}, { temperature: 0.5 }, 'top_p'],
    [
      { temperature: 0.5, topP: 0.5 },
      { model: 'minimax-m2' },
      { temperature: 0.5, top_p: 0.5 },
      '',
    ],
    [{ temperature: 0.5, topK: 5 }, { model: 'claude-opus-5' }, {}, 'temperature, top_k'],
    [{ seed: 1 }, {}, {}, 'seed'],
    [{ presencePenalty: 1, frequencyPenalty: 0 }, {}, {}, 'presence penalty'],
    [{ stopSequences: ['\n', 'END'] }, {}, { stop_sequences: ['END'] }, 'white space'],
    [{ metadata: { a: 'b' } }, {}, {}, 'metadata'],
    [{ topK: 4 }, { quirks: { refusedFields: 'top_k seed' } }, {}, 'top_k'],
    [
      { maxOutputTokens: 99_000 },
      { model: 'claude-3-haiku-20240307' },
      { max_tokens: 4096 },
      '4096',
    ],
    [{}, { model: 'claude-3-haiku-20240307' }, { max_tokens: 4096 }, ''],
  ])('%j for %j', (fields, options, expected, warning) => {
    const { body, warnings } = build(fields, options)
    const { model: _, messages: __, max_tokens, ...rest } = body
    expect('max_tokens' in expected ? { ...rest, max_tokens } : rest).toEqual(expected)
    if (warning === '') expect(warnings).toBe('')
    else expect(warnings).toContain(warning)
  })

  it.each<[Partial<Conversation>, Options, object | undefined]>([
    [{ toolChoice: { type: 'auto' } }, {}, { type: 'auto' }],
    [{ toolChoice: { type: 'required' } }, {}, { type: 'any' }],
    [{ toolChoice: { type: 'tool', name: 'f' } }, {}, { type: 'tool', name: 'f' }],
    [{ toolChoice: { type: 'none' }, parallelToolCalls: false }, {}, { type: 'none' }],
    [{ parallelToolCalls: false }, {}, { type: 'auto', disable_parallel_tool_use: true }],
    [{ parallelToolCalls: true }, {}, undefined],
    [{ toolChoice: { type: 'required' } }, { model: 'claude-opus-5-5' }, { type: 'auto' }],
  ])('the tool choice of %j', (fields, options, expected) => {
    expect(build({ tools: [tool], ...fields }, options).body['tool_choice']).toEqual(expected)
  })

  it('leaves out a tool choice without tools', () => {
    expect(build({ toolChoice: { type: 'auto' } }).body['tool_choice']).toBeUndefined()
  })

  it('gives every tool a schema of an object, and holds it to one where asked and able', () => {
    expect(build({ tools: [tool] }).body['tools']).toEqual([
      { name: 'f', input_schema: { type: 'object', properties: {} } },
    ])
    const strict = { ...tool, strict: true, parameters: { properties: { a: { type: 'string' } } } }
    expect(build({ tools: [strict] }).body['tools']).toMatchObject([
      { strict: true, input_schema: { type: 'object', additionalProperties: false } },
    ])
    const old = build({ tools: [strict] }, { model: 'claude-3-7-sonnet-latest' })
    expect(JSON.stringify(old.body['tools'])).not.toContain('strict')
    expect(old.warnings).toContain('not held to its schema')
  })
})

describe('the form of the answer', () => {
  const schema = { type: 'object', properties: {}, additionalProperties: false }
  const output = {
    type: 'json-schema',
    name: 'n',
    description: null,
    schema,
    strict: true,
  } as const

  it('is a setting where the model can be held to it', () => {
    const { body, warnings } = build({ output })
    expect(body['output_config']).toEqual({ format: { type: 'json_schema', schema } })
    expect(warnings).toBe('')
  })

  it.each<[string, Partial<Conversation>, Options]>([
    ['an old model', { output }, { model: 'claude-sonnet-4-20250514' }],
    ['a provider without', { output }, { quirks: { noJsonSchema: true } }],
    ['open keys', { output: { ...output, schema: { type: 'object' } } }, {}],
    ['no schema', { output: { type: 'json' } }, {}],
  ])('is asked for in words with %s', (_, fields, options) => {
    const { body, warnings } = build(
      { ...fields, messages: [system('Be kind.'), user('Hi')] },
      options,
    )
    expect(body['output_config']).toBeUndefined()
    expect(body['system']).toMatchObject([
      { text: 'Be kind.' },
      { text: expect.stringContaining('JSON') },
    ])
    expect(warnings).toContain('in words')
  })
})

describe('thinking', () => {
  it.each<[Partial<Conversation>, Options, JsonObject]>([
    [effort('low'), {}, { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 33_024 }],
    [
      effort('high'),
      {},
      { thinking: { type: 'enabled', budget_tokens: 16_384 }, max_tokens: 48_384 },
    ],
    [
      effort('max'),
      { model: 'claude-opus-4-1' },
      { thinking: { type: 'enabled', budget_tokens: 23_000 }, max_tokens: 31_192 },
    ],
    [
      { ...effort('high'), maxOutputTokens: 4000 },
      {},
      { thinking: { type: 'enabled', budget_tokens: 3200 }, max_tokens: 4000 },
    ],
    [
      { ...budget(3000), maxOutputTokens: 4000 },
      {},
      { thinking: { type: 'enabled', budget_tokens: 3000 }, max_tokens: 4000 },
    ],
    [{ ...effort('high'), maxOutputTokens: 1000 }, {}, { max_tokens: 1000 }],
    [effort('none'), {}, { thinking: { type: 'disabled' }, max_tokens: 32_000 }],
    [effort('high'), { model: 'claude-3-5-haiku-latest' }, { max_tokens: 8192 }],
    [
      effort('xhigh'),
      { model: 'claude-opus-5' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' }, max_tokens: 32_000 },
    ],
    [
      effort('xhigh'),
      { model: 'claude-opus-4-6' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'max' }, max_tokens: 32_000 },
    ],
    [
      budget(5000),
      { model: 'claude-opus-5' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' }, max_tokens: 32_000 },
    ],
    [
      budget(5000),
      { model: 'claude-sonnet-4-6' },
      { thinking: { type: 'enabled', budget_tokens: 5000 }, max_tokens: 37_000 },
    ],
    [
      effort('none'),
      { model: 'claude-opus-5-5' },
      { output_config: { effort: 'low' }, max_tokens: 32_000 },
    ],
    [
      { reasoning: { effort: 'low', budgetTokens: null, visible: true } },
      { model: 'claude-opus-5' },
      {
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { effort: 'low' },
        max_tokens: 32_000,
      },
    ],
  ])('of %j for %j', (fields, options, expected) => {
    const { model: _, messages: __, ...rest } = build(fields, options).body
    expect(rest).toEqual(expected)
  })

  it('always leaves its budget below max_tokens', () => {
    for (const maxOutputTokens of [1025, 1300, 2000, 20_000]) {
      for (const reasoning of [effort('max').reasoning, budget(50_000).reasoning]) {
        const { body } = build({ maxOutputTokens, reasoning })
        const thinking = body['thinking']
        expect(thinking).toMatchObject({ type: 'enabled' })
        expect(JSON.stringify(thinking)).toMatch(/"budget_tokens":\d+/)
        const tokens = Number(/\d+/.exec(JSON.stringify(thinking))?.[0])
        expect(tokens).toBeGreaterThanOrEqual(1024)
        expect(tokens).toBeLessThan(Number(body['max_tokens']))
      }
    }
  })

  it('drops sampling settings, which do not go with it', () => {
    const { body, warnings } = build({ ...effort('low'), temperature: 0.2, topK: 5, topP: 1 })
    expect(body['temperature']).toBeUndefined()
    expect(body['top_k']).toBeUndefined()
    expect(warnings).toContain('Left out temperature, top_k')
  })

  it.each<[string, Partial<Conversation>]>([
    ['a tool the model is made to call', { tools: [tool], toolChoice: { type: 'required' } }],
    [
      'begun already',
      { messages: [user('Hi'), { role: 'assistant', content: [{ type: 'text', text: '{' }] }] },
    ],
    ['made without', { messages: [user('Hi'), call('a'), result('a', 'A')] }],
  ])('gives way to %s', (because, fields) => {
    const { body, warnings } = build({ ...effort('high'), ...fields })
    expect(body['thinking']).toBeUndefined()
    expect(warnings).toContain(because)
  })
})
