import { describe, expect, it } from 'vitest'
import type { Conversation } from '../../../../src/core/conversation.ts'
import type { Failure } from '../../../../src/core/failure.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import { sealSignature, unsigned } from '../../../../src/core/signature.ts'
import { openaiResponses as codec } from '../../../../src/dialects/openai-responses/index.ts'

function parsed(body: JsonObject): { value: Conversation; warnings: readonly string[] } {
  const outcome = codec.parseRequest({ model: 'm', ...body })
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

function refused(body: JsonObject): Failure {
  const outcome = codec.parseRequest({ model: 'm', input: 'Hi', ...body })
  if (outcome.ok) throw new Error('was not refused')
  return outcome.failure
}

const text = (text: string) => ({ type: 'text', text })

describe('the input', () => {
  it('may be a string, with instructions before it', () => {
    expect(parsed({ input: 'Hi', instructions: 'Be brief.' }).value.messages).toEqual([
      { role: 'system', content: [text('Be brief.')], developer: false },
      { role: 'user', content: [text('Hi')] },
    ])
  })

  it('becomes turns: neighbouring items of one role are one message', () => {
    const { value, warnings } = parsed({
      input: [
        { role: 'developer', content: 'Rules' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Add.' }] },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'proof' },
        { type: 'function_call', id: 'fc', call_id: 'c1', name: 'f', arguments: '', status: 'x' },
        { type: 'function_call', call_id: 'c2', name: 'f', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'c1', output: 'one' },
        {
          type: 'function_call_output',
          call_id: 'c2',
          output: [{ type: 'input_text', text: 'two' }],
        },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          phase: 'final_answer',
          content: [
            { type: 'output_text', text: 'Done.', annotations: [] },
            { type: 'refusal', refusal: 'Not more.' },
          ],
        },
      ],
    })
    expect(warnings).toEqual([])
    expect(value.messages).toEqual([
      { role: 'system', content: [text('Rules')], developer: true },
      { role: 'user', content: [text('Add.')] },
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: '',
            signature: { dialect: 'openai-responses', value: 'proof', id: 'rs_1' },
            redacted: true,
          },
          { type: 'tool-call', id: 'c1', name: 'f', input: '{}', signature: null },
          { type: 'tool-call', id: 'c2', name: 'f', input: '{"a":1}', signature: null },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', callId: 'c1', name: '', content: [text('one')], isError: false },
          { type: 'tool-result', callId: 'c2', name: '', content: [text('two')], isError: false },
        ],
      },
      { role: 'assistant', content: [text('Done.'), { type: 'refusal', text: 'Not more.' }] },
    ])
  })

  it('holds images and files', () => {
    const content = [
      { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'low' },
      { type: 'input_image', image_url: 'https://a.test/b' },
      { type: 'input_image', file_id: 'file-1' },
      { type: 'input_file', filename: 'a.csv', file_data: 'data:text/csv;base64,aGk=' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'aGk=' },
      { type: 'input_file', file_url: 'https://a.test/c.docx?x=1' },
      { type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } },
    ]
    const [message] = parsed({ input: [{ role: 'user', content }] }).value.messages
    const base64 = { kind: 'base64', data: 'aGk=' }
    expect(message?.content).toMatchObject([
      { mediaType: 'image/png', source: base64, detail: 'low' },
      { mediaType: 'image/*', source: { kind: 'url', url: 'https://a.test/b' } },
      { source: { kind: 'id', id: 'file-1', dialect: 'openai-responses' } },
      { mediaType: 'text/csv', source: base64, filename: 'a.csv' },
      { mediaType: 'application/pdf', source: base64, filename: 'a.pdf' },
      { mediaType: expect.stringContaining('wordprocessing'), source: { kind: 'url' } },
      { text: 'x', cache: { type: 'ephemeral' } },
    ])
  })

  it('keeps the text of reasoning that has no proof, and leaves out what has neither', () => {
    const { value, warnings } = parsed({
      input: [
        { type: 'reasoning', id: 'a', content: [{ type: 'reasoning_text', text: 'raw' }] },
        { type: 'reasoning', id: 'b', summary: [] },
      ],
    })
    const reasoning = { type: 'reasoning', text: 'raw', signature: null, redacted: false }
    expect(value.messages).toEqual([{ role: 'assistant', content: [reasoning] }])
    expect(warnings).toEqual([
      '"input[1]" holds no reasoning that another provider could read; left out.',
    ])
  })

  it('opens foreign proofs, also those sealed without a place', () => {
    const signature = { dialect: 'anthropic', value: 'a:b', id: null } as const
    const item = { type: 'reasoning', summary: [], encrypted_content: sealSignature(signature) }
    const [message] = parsed({ input: [item] }).value.messages
    expect(message?.content).toEqual([{ type: 'reasoning', text: '', signature, redacted: false }])
  })

  it('reads reasoning that was marked as signed by nobody', () => {
    const summary = [{ type: 'summary_text', text: 'Hm' }]
    const item = { type: 'reasoning', summary, encrypted_content: sealSignature(unsigned) }
    const [message] = parsed({ input: [item] }).value.messages
    const reasoning = { type: 'reasoning', text: 'Hm', signature: null, redacted: false }
    expect(message?.content).toEqual([reasoning])
  })

  it('goes without traces of tools that providers ran', () => {
    const search = { type: 'web_search_call', id: 'ws', status: 'completed' }
    const { value, warnings } = parsed({ input: [search, search, { role: 'user', content: 'x' }] })
    expect(value.messages).toHaveLength(1)
    expect(warnings).toHaveLength(1)
  })
})

describe('tools', () => {
  it('are functions, with their schema and strictness', () => {
    const parameters = { type: 'object', properties: {} }
    const { value } = parsed({
      input: 'x',
      tools: [
        { type: 'function', name: 'f', description: 'F', parameters, strict: true },
        { type: 'function', name: 'g' },
      ],
      tool_choice: { type: 'function', name: 'g' },
    })
    expect(value.tools).toEqual([
      { name: 'f', description: 'F', parameters, strict: true },
      { name: 'g', description: null, parameters: null, strict: null },
    ])
    expect(value.toolChoice).toEqual({ type: 'tool', name: 'g' })
  })

  it('that take free text travel as functions with one string, their calls too', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' }
    const { value, warnings } = parsed({
      tools: [{ type: 'custom', name: 'sh', description: 'Runs.', format }],
      input: [
        { type: 'custom_tool_call', call_id: 'c', name: 'sh', input: 'ls "a"' },
        { type: 'custom_tool_call_output', call_id: 'c', output: 'a' },
      ],
    })
    expect(value.tools[0]).toMatchObject({
      name: 'sh',
      description: 'Runs.\n\nThe input must follow this lark grammar:\nstart: "x"',
      parameters: { required: ['input'], properties: { input: { type: 'string' } } },
    })
    expect(value.messages).toMatchObject([
      { content: [{ type: 'tool-call', input: '{"input":"ls \\"a\\""}' }] },
      { content: [{ type: 'tool-result', content: [text('a')] }] },
    ])
    expect(warnings).toHaveLength(1)
  })

  it('of a namespace carry it in their name, and so do their calls', () => {
    const { value } = parsed({
      tools: [
        { type: 'namespace', name: 'mcp__a__', tools: [{ type: 'function', name: 'f' }] },
        { type: 'namespace', name: 'b', tools: [{ type: 'function', name: 'f' }] },
      ],
      input: [{ type: 'function_call', call_id: 'c', namespace: 'b', name: 'f', arguments: '{}' }],
    })
    expect(value.tools.map(({ name }) => name)).toEqual(['mcp__a__f', 'b__f'])
    expect(value.messages[0]?.content).toMatchObject([{ name: 'b__f' }])
  })

  it('are reduced to the allowed ones', () => {
    const named = (name: string) => ({ type: 'function', name })
    const { value } = parsed({
      input: 'x',
      tools: [named('a'), named('b')],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [named('b')] },
    })
    expect(value.tools.map(({ name }) => name)).toEqual(['b'])
    expect(value.toolChoice).toEqual({ type: 'required' })
  })
})

describe('settings', () => {
  it('are carried', () => {
    const { value, warnings } = parsed({
      input: 'x',
      parallel_tool_calls: false,
      max_output_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      user: 'old',
      safety_identifier: 'new',
      metadata: { a: 'b' },
      reasoning: { effort: 'xhigh', summary: 'auto' },
      text: { format: { type: 'json_schema', name: 'n', schema: { a: 1 }, strict: true } },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      service_tier: 'auto',
      truncation: 'disabled',
    })
    expect(warnings).toEqual([])
    expect(value).toMatchObject({
      parallelToolCalls: false,
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      user: 'new',
      metadata: { a: 'b' },
      reasoning: { effort: 'xhigh', budgetTokens: null, visible: true },
      output: { type: 'json-schema', name: 'n', schema: { a: 1 }, strict: true },
    })
    expect(parsed({ input: 'x', text: { format: { type: 'json_object' } } }).value.output).toEqual({
      type: 'json',
    })
  })

  it('without an equivalent are named', () => {
    const { warnings } = parsed({
      input: 'x',
      store: true,
      truncation: 'auto',
      service_tier: 'flex',
      prompt_cache_key: 'k',
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
      text: { verbosity: 'low' },
      brand_new: 1,
    })
    const named = ['store', 'truncation', 'service_tier', 'prompt_cache_key', 'top_logprobs']
    for (const name of [...named, 'Log probabilities', 'text.verbosity', 'brand_new']) {
      expect(warnings.filter((sentence) => sentence.includes(name))).toHaveLength(1)
    }
  })
})

describe('what another API cannot do', () => {
  it.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['background', { background: true }],
    ['web_search', { tools: [{ type: 'web_search' }] }],
    ['local_shell', { tools: [{ type: 'local_shell' }] }],
    ['mcp', { tools: [{ type: 'mcp', server_label: 's' }] }],
    ['file_search', { tool_choice: { type: 'file_search' } }],
    ['stored at', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['compaction', { input: [{ type: 'compaction', encrypted_content: 'x' }] }],
    ['input_audio', { input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }],
  ])('%s is refused by name, so that another target may be asked', (name, body) => {
    const failure = refused(body)
    expect(failure.class).toBe('invalid_request')
    expect(failure.retry).toBe('other')
    expect(failure.message).toContain(name)
  })
})

describe('mistakes', () => {
  it.each([
    ['input', { input: null }],
    ['input', { input: 7 }],
    ['input[0]', { input: ['x'] }],
    ['input[0].type', { input: [{}] }],
    ['input[0].role', { input: [{ role: 'robot', content: 'x' }] }],
    ['input[0].content', { input: [{ role: 'user' }] }],
    ['input[0].content[0].text', { input: [{ role: 'user', content: [{ type: 'input_text' }] }] }],
    ['input[0].content[0]', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }],
    ['input[0].call_id', { input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }],
    ['input[0].arguments', { input: [{ type: 'function_call', call_id: 'c', name: 'f' }] }],
    ['input[0].output', { input: [{ type: 'function_call_output', call_id: 'c' }] }],
    ['tools', { tools: {} }],
    ['tools[0].name', { tools: [{ type: 'function' }] }],
    ['tools[0].parameters', { tools: [{ type: 'function', name: 'f', parameters: 'x' }] }],
    ['tool_choice', { tool_choice: 'maybe' }],
    ['temperature', { temperature: 'hot' }],
    ['max_output_tokens', { max_output_tokens: 1.5 }],
    ['max_output_tokens', { max_output_tokens: 0 }],
    ['reasoning.effort', { reasoning: { effort: 'huge' } }],
    ['text.format.schema', { text: { format: { type: 'json_schema', name: 'n' } } }],
    ['text.format.type', { text: { format: { type: 'xml' } } }],
    ['metadata.a', { metadata: { a: 1 } }],
    ['parallel_tool_calls', { parallel_tool_calls: 'yes' }],
    ['user', { user: 5 }],
  ])('%s is named', (param, body) => {
    const failure = refused(body)
    expect(failure).toMatchObject({ class: 'invalid_request', retry: 'never', param })
    expect(failure.message).toContain(param)
  })
})

describe('a request as Codex sends it', () => {
  it('is carried with its tools, its history and nothing lost but hints', () => {
    const shell = { type: 'function', name: 'shell', strict: false, parameters: { type: 'object' } }
    const body = {
      model: 'fast',
      instructions: 'You are a coding agent.',
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Rules' }] },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix it' }] },
        { type: 'reasoning', summary: [], content: null, encrypted_content: 'proof' },
        { type: 'function_call', name: 'shell', arguments: '{"command":["ls"]}', call_id: 'c1' },
        { type: 'function_call_output', call_id: 'c1', output: 'a.ts' },
        {
          type: 'custom_tool_call',
          status: 'completed',
          call_id: 'c2',
          name: 'apply_patch',
          input: '*',
        },
        { type: 'custom_tool_call_output', call_id: 'c2', output: 'ok' },
      ],
      tools: [shell, { type: 'custom', name: 'apply_patch', description: 'Edits.' }],
      tool_choice: 'auto',
      parallel_tool_calls: false,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'session',
    }
    const { value, warnings } = parsed(body)
    expect(warnings).toEqual(['"prompt_cache_key" has no equivalent and is left out.'])
    expect(value.tools.map(({ name }) => name)).toEqual(['shell', 'apply_patch'])
    expect(value.messages.map(({ role }) => role)).toEqual([
      'system',
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'tool',
    ])
  })
})
