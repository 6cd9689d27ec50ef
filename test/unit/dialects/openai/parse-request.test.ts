import { describe, expect, it } from 'vitest'
import type { Conversation } from '../../../../src/core/conversation.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const hello: JsonObject[] = [{ role: 'user', content: 'Hi' }]

function parse(body: JsonObject): { value: Conversation; warnings: readonly string[] } {
  const parsed = openai.parseRequest({ model: 'm', messages: hello, ...body })
  if (!parsed.ok) throw new Error(`${parsed.failure.param}: ${parsed.failure.message}`)
  return parsed.value
}

const messages = (...given: JsonObject[]) => parse({ messages: given }).value.messages
const text = (words: string) => ({ type: 'text', text: words })

describe('messages', () => {
  it('keep roles, order and text', () => {
    expect(
      messages(
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello', refusal: null },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ),
    ).toEqual([
      { role: 'system', content: [text('Be brief.')], developer: false },
      { role: 'system', content: [text('Be kind.')], developer: true },
      { role: 'user', content: [text('Hi')] },
      { role: 'assistant', content: [text('Hello')] },
      { role: 'user', content: [text('a'), text('b')] },
    ])
  })

  it('carry images, audio and files', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
      { type: 'image_url', image_url: { url: 'https://x.example/a.png' } },
      { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,CCCC' } },
      { type: 'file', file: { file_id: 'file-1' } },
    ]
    const [message] = messages({ role: 'user', content })
    expect(message?.content).toMatchObject([
      { mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' }, detail: 'low' },
      { mediaType: 'image/*', source: { kind: 'url', url: 'https://x.example/a.png' } },
      { mediaType: 'audio/mpeg', source: { kind: 'base64', data: 'BBBB' } },
      { mediaType: 'application/pdf', filename: 'a.pdf', source: { data: 'CCCC' } },
      { source: { kind: 'id', id: 'file-1', dialect: 'openai' } },
    ])
  })

  it('join the results of parallel calls', () => {
    const call = (id: string) => ({
      id,
      type: 'function',
      function: { name: 'f', arguments: '{}' },
    })
    expect(
      messages(
        { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
        { role: 'tool', tool_call_id: 'a', content: '1' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: '2' }] },
      ),
    ).toMatchObject([
      { content: [{ type: 'tool-call', id: 'a', name: 'f', input: '{}' }, { id: 'b' }] },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', callId: 'a', content: [text('1')] },
          { type: 'tool-result', callId: 'b', content: [text('2')] },
        ],
      },
    ])
  })

  it('match the results of calls with empty ids in order', () => {
    const call = (name: string) => ({ id: '', function: { name, arguments: '{}' } })
    const [assistant, results] = messages(
      { role: 'assistant', tool_calls: [call('f'), call('g')] },
      { role: 'tool', tool_call_id: '', content: '1' },
      { role: 'tool', tool_call_id: '', content: '2' },
    )
    const called = assistant?.content.map((part) => part.type === 'tool-call' && part.id)
    const answered = results?.content.map((part) => part.type === 'tool-result' && part.callId)
    expect(new Set(called).size).toBe(2)
    expect(answered).toEqual(called)
  })

  it('take documents and videos by URL', () => {
    const content = [
      { type: 'document_url', document_url: 'https://x.example/a.pdf' },
      { type: 'video_url', video_url: { url: 'https://x.example/a.mp4' } },
    ]
    expect(messages({ role: 'user', content })[0]?.content).toMatchObject([
      { mediaType: 'application/pdf', source: { kind: 'url' } },
      { mediaType: 'video/*', source: { url: 'https://x.example/a.mp4' } },
    ])
  })

  it('match legacy results to their calls', () => {
    const found = messages(
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"x":1}' } },
      { role: 'function', name: 'f', content: '1' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: '2' },
    )
    const ids = found.flatMap((message) =>
      message.content.map((part) =>
        part.type === 'tool-call' ? part.id : part.type === 'tool-result' ? part.callId : '',
      ),
    )
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).toBe(ids[3])
    expect(ids[0]).not.toBe(ids[2])
  })

  it('restore reasoning and signatures', () => {
    const [message] = messages({
      role: 'assistant',
      content: 'Yes',
      reasoning_content: 'HmmWell',
      reasoning_details: [
        { type: 'reasoning.text', text: 'Hmm', signature: 'wb1:anthropic::si:g', index: 0 },
        { type: 'reasoning.encrypted', data: 'wb1:openai-responses:rs_1:enc', index: 1 },
        { type: 'reasoning.text', text: 'Well', signature: 'own', index: 2 },
      ],
      tool_calls: [
        {
          id: 'a',
          type: 'function',
          function: { name: 'f', arguments: '' },
          extra_content: { google: { thought_signature: 'sig' } },
        },
      ],
    })
    expect(message?.content).toMatchObject([
      {
        text: 'Hmm',
        signature: { dialect: 'anthropic', value: 'si:g', id: null },
        redacted: false,
      },
      { text: '', signature: { dialect: 'openai-responses', id: 'rs_1', value: 'enc' } },
      { text: 'Well', signature: { dialect: 'openai' } },
      { type: 'text', text: 'Yes' },
      { name: 'f', input: '{}', signature: { dialect: 'gemini', value: 'sig', id: null } },
    ])
  })

  it('join the pieces of details a client only appended', () => {
    const piece = (words: string) => ({ type: 'reasoning.text', text: words, index: 0 })
    const end = { ...piece(''), signature: 'wb1:anthropic::sig' }
    const [message] = messages({
      role: 'assistant',
      content: 'x',
      reasoning_details: [piece('Let '), piece('me see'), end],
    })
    expect(message?.content[0]).toMatchObject({ text: 'Let me see', signature: { value: 'sig' } })
  })

  it('give a text that was lost back to its signature', () => {
    const [message] = messages({
      role: 'assistant',
      content: 'x',
      reasoning_content: 'Hmm',
      reasoning_details: [{ type: 'reasoning.text', signature: 'wb1:anthropic::sig', index: 0 }],
    })
    expect(message?.content[0]).toMatchObject({ text: 'Hmm', signature: { value: 'sig' } })
  })

  it('take reasoning without details, images and refusals', () => {
    const [message] = messages({
      role: 'assistant',
      content: [{ type: 'refusal', refusal: 'No' }],
      reasoning: 'Hmm',
      images: [{ image_url: { url: 'data:image/png;base64,AA' } }],
    })
    expect(message?.content).toMatchObject([
      { type: 'reasoning', text: 'Hmm', signature: null },
      { type: 'refusal', text: 'No' },
      { type: 'file', mediaType: 'image/png' },
    ])
  })

  it('carry cache marks', () => {
    const cache_control = { type: 'ephemeral' }
    const found = messages(
      { role: 'system', content: [{ type: 'text', text: 'a', cache_control }] },
      { role: 'user', content: 'b', cache_control },
    )
    expect(found.map((message) => message.content[0])).toMatchObject([
      { cache: cache_control },
      { cache: cache_control },
    ])
  })
})

describe('tools', () => {
  const parameters = { type: 'object', properties: {} }
  const tool = (name: string) => ({ type: 'function', function: { name, parameters } })

  it('are carried with their choice', () => {
    const found = parse({
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
    }).value
    expect(found.tools).toEqual([{ name: 'f', description: 'd', parameters, strict: true }])
    expect(found.toolChoice).toEqual({ type: 'tool', name: 'f' })
    expect(found.parallelToolCalls).toBe(false)
  })

  it.each(['auto', 'none', 'required'])('may be chosen %s', (choice) => {
    expect(parse({ tool_choice: choice }).value.toolChoice).toEqual({ type: choice })
  })

  it('of before 2024 are read', () => {
    const found = parse({ functions: [{ name: 'f', parameters }], function_call: { name: 'f' } })
    expect(found.value.tools).toMatchObject([{ name: 'f', parameters }])
    expect(found.value.toolChoice).toEqual({ type: 'tool', name: 'f' })
    expect(found.warnings).toEqual([])
  })

  it('that take free text become functions', () => {
    const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } }
    const found = parse({ tools: [{ type: 'custom', custom: { name: 'sh', format } }] })
    expect(found.value.tools).toMatchObject([
      { name: 'sh', parameters: { properties: { input: { type: 'string' } } } },
    ])
    expect(found.warnings).toHaveLength(1)
    const [message] = messages({
      role: 'assistant',
      tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'sh', input: 'ls' } }],
    })
    expect(message?.content).toMatchObject([{ name: 'sh', input: '{"input":"ls"}' }])
  })

  it('that run at a provider are left out with a word', () => {
    const found = parse({ tools: [{ type: 'openrouter:web_search' }, tool('f')] })
    expect(found.value.tools.map(({ name }) => name)).toEqual(['f'])
    expect(found.warnings[0]).toContain('openrouter:web_search')
  })

  it('are narrowed to the allowed ones', () => {
    const allowed_tools = { mode: 'required', tools: [tool('b')] }
    const found = parse({
      tools: [tool('a'), tool('b')],
      tool_choice: { type: 'allowed_tools', allowed_tools },
    }).value
    expect(found.tools.map(({ name }) => name)).toEqual(['b'])
    expect(found.toolChoice).toEqual({ type: 'required' })
  })
})

describe('settings', () => {
  it('are carried', () => {
    const found = parse({
      max_tokens: 5,
      max_completion_tokens: 7,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 4,
      stop: 'END',
      seed: 1,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      user: 'u',
      metadata: { a: 'b' },
      stream: true,
      stream_options: { include_usage: true },
      n: 1,
      logprobs: false,
      store: false,
    })
    expect(found.warnings).toEqual([])
    expect(found.value).toMatchObject({
      maxOutputTokens: 7,
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      stopSequences: ['END'],
      seed: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      user: 'u',
      metadata: { a: 'b' },
    })
  })

  it('that are null are absent', () => {
    const names = 'temperature top_p stop seed user metadata tools tool_choice response_format n'
    const found = parse(Object.fromEntries(names.split(' ').map((name) => [name, null])))
    expect(found.value).toMatchObject({ temperature: null, stopSequences: [], tools: [] })
    expect(found.warnings).toEqual([])
  })

  it.each([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_object' }, { type: 'json' }],
    [
      { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
      {
        type: 'json-schema',
        name: 'n',
        description: null,
        schema: { type: 'object' },
        strict: true,
      },
    ],
  ])('response_format %j', (response_format, output) => {
    expect(parse({ response_format }).value.output).toEqual(output)
  })

  it.each([
    [{ reasoning_effort: 'high' }, 'high', null],
    [{ reasoning: { effort: 'low' } }, 'low', null],
    [{ reasoning: { max_tokens: 2000 } }, null, 2000],
    [{ reasoning: { enabled: true } }, 'medium', null],
    [{ thinking: { type: 'disabled' } }, 'none', null],
  ])('reasoning %j', (body, effort, budgetTokens) => {
    expect(parse(body).value.reasoning).toMatchObject({ effort, budgetTokens })
  })

  it('that no other dialect has are left out with a word each', () => {
    const { warnings } = parse({
      store: true,
      service_tier: 'flex',
      prompt_cache_key: 'k',
      min_p: 0.1,
      logit_bias: {},
    })
    expect(warnings).toHaveLength(4)
    expect(warnings.join()).toMatch(/store.*service_tier.*prompt_cache_key.*min_p/)
  })

  it.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ top_logprobs: 3 }, 'logprobs'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ web_search_options: {} }, 'web_search_options'],
  ])('%j is refused, but only for this target', (body, param) => {
    expect(openai.parseRequest({ messages: hello, ...body })).toMatchObject({
      ok: false,
      failure: { class: 'invalid_request', param, retry: 'other' },
    })
  })
})

describe('mistakes', () => {
  const one = (message: JsonObject) => ({ messages: [message] })
  const call = (rest: JsonObject) => one({ role: 'assistant', tool_calls: [rest] })

  it.each([
    [{ messages: undefined }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: 'Hi' }, 'messages'],
    [{ messages: ['Hi'] }, 'messages[0]'],
    [one({ role: 'robot', content: 'x' }), 'messages[0].role'],
    [one({ role: 'user', content: null }), 'messages[0].content'],
    [one({ role: 'user', content: { a: 1 } }), 'messages[0].content'],
    [one({ role: 'user', content: ['x'] }), 'messages[0].content[0]'],
    [one({ role: 'user', content: [{ type: 'smell' }] }), 'messages[0].content[0].type'],
    [one({ role: 'user', content: [{ type: 'text' }] }), 'messages[0].content[0].text'],
    [
      one({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }),
      'messages[0].content[0].image_url',
    ],
    [one({ role: 'user', content: [{ type: 'file', file: {} }] }), 'messages[0].content[0].file'],
    [one({ role: 'tool', content: 'x' }), 'messages[0].tool_call_id'],
    [call({ id: 'a', function: { arguments: '{}' } }), 'messages[0].tool_calls[0].function.name'],
    [call({ function: { name: 'f' } }), 'messages[0].tool_calls[0].id'],
    [
      call({ id: 'a', function: { name: 'f', arguments: {} } }),
      'messages[0].tool_calls[0].function.arguments',
    ],
    [{ temperature: 'hot' }, 'temperature'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_completion_tokens: 1.5 }, 'max_completion_tokens'],
    [{ stop: [1] }, 'stop[0]'],
    [{ tools: {} }, 'tools'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    [{ tool_choice: 'maybe' }, 'tool_choice'],
    [{ response_format: { type: 'xml' } }, 'response_format.type'],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n' } } },
      'response_format.json_schema.schema',
    ],
    [{ reasoning_effort: 'enormous' }, 'reasoning_effort'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ user: 7 }, 'user'],
    [{ n: 0 }, 'n'],
  ])('%j name %s', (body, param) => {
    const parsed = openai.parseRequest({ messages: hello, ...body })
    expect(parsed).toMatchObject({
      ok: false,
      failure: { class: 'invalid_request', param, retry: 'never' },
    })
    expect(!parsed.ok && parsed.failure.message).toContain('`')
  })
})
