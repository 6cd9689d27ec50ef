import { describe, expect, it } from 'vitest'
import { capabilityNames, type Needs } from '../../../src/core/needs.ts'
import type { Dialect } from '../../../src/core/request.ts'
import { paths, readBody } from './needs.ts'

/** Names of what a body needs; `more` beside what every request of the dialect has. */
function needsOf(dialect: Dialect, more: string | object, path: string = paths[dialect]): string[] {
  const common = {
    model: 'm',
    ...(dialect === 'gemini' ? { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] } : {}),
    ...(dialect === 'openai-responses' ? { input: 'hi' } : {}),
    ...(dialect === 'openai' || dialect === 'anthropic'
      ? { messages: [{ role: 'user', content: 'hi' }] }
      : {}),
  }
  const body = typeof more === 'string' ? more : { ...common, ...more }
  const needs: Needs = readBody(path, body).request.needs()
  return capabilityNames.filter((name) => needs[name])
}

const png = 'data:image/png;base64,iVBORw0KGgo='
const pdf = 'data:application/pdf;base64,JVBERi0='
const user = (content: unknown) => ({ messages: [{ role: 'user', content }] })
const input = (content: unknown) => ({ input: [{ role: 'user', content }] })
const parts = (...list: object[]) => ({ contents: [{ role: 'user', parts: list }] })

describe('Chat Completions', () => {
  it.each<[string, object, string[]]>([
    ['nothing', {}, []],
    ['empty tools', { tools: [] }, []],
    ['null tools', { tools: null }, []],
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }, ['tools']],
    ['legacy functions', { functions: [{ name: 'f' }] }, ['tools']],
    ['parallel tools', { tools: [{}], parallel_tool_calls: true }, ['tools', 'parallelTools']],
    ['parallel without tools', { parallel_tool_calls: true }, []],
    ['no parallel tools', { tools: [{}], parallel_tool_calls: false }, ['tools']],
    ['JSON', { response_format: { type: 'json_object' } }, ['jsonMode']],
    ['schema', { response_format: { type: 'json_schema', json_schema: {} } }, ['jsonSchema']],
    ['text', { response_format: { type: 'text' } }, []],
    ['effort', { reasoning_effort: 'low' }, ['reasoning']],
    ['no effort', { reasoning_effort: 'none' }, []],
    ['null effort', { reasoning_effort: null }, []],
    ['OpenRouter', { reasoning: { effort: 'high' } }, ['reasoning']],
    ['OpenRouter, on', { reasoning: { enabled: true } }, ['reasoning']],
    ['OpenRouter, off', { reasoning: { effort: 'none' } }, []],
    ['Z.ai', { thinking: { type: 'enabled' } }, ['reasoning']],
    ['Z.ai, off', { thinking: { type: 'disabled' } }, []],
    ['Qwen', { enable_thinking: true }, ['reasoning']],
    ['stream', { stream: true }, ['streaming']],
    ['image', user([{ type: 'image_url', image_url: { url: png } }]), ['vision']],
    ['sound', user([{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }]), ['audio']],
    ['voice', { modalities: ['text', 'audio'], audio: { voice: 'alloy' } }, ['audio']],
    ['only text', { modalities: ['text'] }, []],
    ['PDF', user([{ type: 'file', file: { file_data: pdf, filename: 'a' } }]), ['pdf']],
    ['uploaded', user([{ type: 'file', file: { file_id: 'file-1' } }]), ['pdf']],
    ['notes', user([{ type: 'file', file: { file_data: 'YQ==', filename: 'a.txt' } }]), []],
    ['linked', user([{ type: 'document_url', document_url: 'https://x.test/a' }]), ['pdf']],
    [
      'image a tool answered with',
      {
        messages: [
          { role: 'user', content: 'look' },
          { role: 'tool', content: [{ type: 'image_url', image_url: { url: png } }] },
        ],
      },
      ['vision'],
    ],
    ['wrong types', { tools: 5, response_format: 'json', reasoning: 'x', messages: 7 }, []],
    ['odd messages', { messages: [null, 1, 'x', { content: [null, 1] }] }, []],
  ])('%s', (_, more, expected) => {
    expect(needsOf('openai', more)).toEqual(expected)
  })
})

describe('Responses', () => {
  it.each<[string, object, string[]]>([
    ['nothing', {}, []],
    ['tools', { tools: [{ type: 'function', name: 'f' }] }, ['tools']],
    ['parallel', { tools: [{}], parallel_tool_calls: true }, ['tools', 'parallelTools']],
    ['JSON', { text: { format: { type: 'json_object' } } }, ['jsonMode']],
    ['schema', { text: { format: { type: 'json_schema' } } }, ['jsonSchema']],
    ['effort', { reasoning: { effort: 'medium' } }, ['reasoning']],
    ['a summary only', { reasoning: { effort: null, summary: 'auto' } }, []],
    ['no effort', { reasoning: { effort: 'none' } }, []],
    ['stream', { stream: true }, ['streaming']],
    ['image', input([{ type: 'input_image', image_url: png }]), ['vision']],
    ['PDF', input([{ type: 'input_file', file_data: pdf }]), ['pdf']],
    ['linked PDF', input([{ type: 'input_file', file_url: 'https://x.test/a.pdf' }]), ['pdf']],
    ['sound', input([{ type: 'input_audio', input_audio: {} }]), ['audio']],
    [
      'image of a tool',
      { input: [{ type: 'function_call_output', output: [{ type: 'input_image' }] }] },
      ['vision'],
    ],
    [
      'screenshot',
      { input: [{ type: 'computer_call_output', output: { type: 'computer_screenshot' } }] },
      ['vision'],
    ],
    ['wrong types', { text: [], tools: {}, input: 3, reasoning: 1 }, []],
  ])('%s', (_, more, expected) => {
    expect(needsOf('openai-responses', more)).toEqual(expected)
  })
})

describe('Messages', () => {
  const source = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } }

  it.each<[string, object, string[]]>([
    ['nothing', {}, []],
    ['tools', { tools: [{ name: 'f', input_schema: {} }] }, ['tools']],
    [
      'parallel',
      { tools: [{}], tool_choice: { type: 'auto', disable_parallel_tool_use: false } },
      ['tools', 'parallelTools'],
    ],
    ['not parallel', { tools: [{}], tool_choice: { disable_parallel_tool_use: true } }, ['tools']],
    ['schema', { output_config: { format: { type: 'json_schema' } } }, ['jsonSchema']],
    ['schema of the beta', { output_format: { type: 'json_schema' } }, ['jsonSchema']],
    ['effort', { output_config: { effort: 'low' } }, []],
    ['budget', { thinking: { type: 'enabled', budget_tokens: 2000 } }, ['reasoning']],
    ['adaptive', { thinking: { type: 'adaptive' } }, ['reasoning']],
    ['off', { thinking: { type: 'disabled' } }, []],
    ['stream', { stream: true }, ['streaming']],
    ['image', user([image]), ['vision']],
    ['PDF', user([{ type: 'document', source }]), ['pdf']],
    ['linked PDF', user([{ type: 'document', source: { type: 'url', url: 'x' } }]), ['pdf']],
    ['plain', user([{ type: 'document', source: { type: 'text', data: 'x' } }]), []],
    [
      'image in a document',
      user([{ type: 'document', source: { type: 'content', content: [image] } }]),
      ['vision'],
    ],
    ['image of a tool', user([{ type: 'tool_result', content: [image] }]), ['vision']],
    ['wrong types', { tools: 'x', thinking: 1, messages: {}, output_config: [] }, []],
  ])('%s', (_, more, expected) => {
    expect(needsOf('anthropic', more)).toEqual(expected)
  })
})

describe('Gemini', () => {
  const config = (generationConfig: object) => ({ generationConfig })

  it.each<[string, object, string[]]>([
    ['nothing', {}, []],
    ['tools', { tools: [{ functionDeclarations: [{ name: 'f' }] }] }, ['tools']],
    ['a single tool', { tools: { functionDeclarations: [] } }, ['tools']],
    ['JSON', config({ responseMimeType: 'application/json' }), ['jsonMode']],
    ['plain', config({ responseMimeType: 'text/plain' }), []],
    [
      'schema',
      config({ responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } }),
      ['jsonSchema'],
    ],
    ['JSON schema', config({ responseJsonSchema: { type: 'object' } }), ['jsonSchema']],
    ['snake', { generation_config: { response_json_schema: {} } }, ['jsonSchema']],
    ['budget', config({ thinkingConfig: { thinkingBudget: -1 } }), ['reasoning']],
    ['no budget', config({ thinkingConfig: { thinkingBudget: 0 } }), []],
    ['level', config({ thinkingConfig: { thinkingLevel: 'low' } }), ['reasoning']],
    ['image', parts({ inlineData: { mimeType: 'image/png', data: '' } }), ['vision']],
    ['snake image', parts({ inline_data: { mime_type: 'image/png', data: '' } }), ['vision']],
    ['sound', parts({ fileData: { mimeType: 'audio/mp3', fileUri: 'gs://x' } }), ['audio']],
    ['PDF', parts({ file_data: { mime_type: 'application/pdf', file_uri: 'x' } }), ['pdf']],
    ['video', parts({ fileData: { mimeType: 'video/mp4', fileUri: 'x' } }), []],
    ['voice', config({ responseModalities: ['AUDIO'] }), ['audio']],
    [
      'one content',
      { contents: { parts: [{ inlineData: { mimeType: 'image/png', data: '' } }] } },
      ['vision'],
    ],
    [
      'image of a function',
      parts({ functionResponse: { parts: [{ inlineData: { mimeType: 'image/png' } }] } }),
      ['vision'],
    ],
    ['wrong types', { tools: 'x', contents: 'x', generationConfig: [] }, []],
  ])('%s', (_, more, expected) => {
    expect(needsOf('gemini', more)).toEqual(expected)
  })

  it('streams by its path', () => {
    const path = '/v1beta/models/m:streamGenerateContent'
    expect(needsOf('gemini', {}, path)).toEqual(['streaming'])
  })
})

describe('words are no needs', () => {
  const said = JSON.stringify({ type: 'image_url', image_url: { url: png } })

  it.each<[Dialect, object]>([
    ['openai', user(`write {"type":"image_url"} as in ${said}, "file", input_audio`)],
    ['openai', user([{ type: 'text', text: said }])],
    ['openai', { ...user('x'), tools: undefined, user: 'image_url' }],
    ['openai-responses', { input: `${said} input_image input_file` }],
    ['openai-responses', input([{ type: 'input_text', text: '{"type":"input_image"}' }])],
    ['anthropic', user('{"type":"image"} and {"type": "document"}')],
    ['anthropic', { ...user('x'), metadata: { user_id: 'image' } }],
    ['gemini', parts({ text: '{"inlineData":{"mimeType":"image/png"}}' })],
  ])('%s: %j', (dialect, more) => {
    expect(needsOf(dialect, more)).toEqual([])
  })

  it.each<[Dialect, string]>([
    ['anthropic', '{"model":"m","messages":[{"role":"user","content":[{"type":"im\\u0061ge"}]}]}'],
    [
      'openai',
      '{"model":"m","messages":[{"content":[{"typ\\u0065":"image\\u005furl"}],"role":"user"}]}',
    ],
    ['gemini', '{"contents":{"parts":{"\\u0069nlineData":{"mimeType":"image\\/png"}}}}'],
  ])('escaped they still are: %s', (dialect, body) => {
    expect(needsOf(dialect, body)).toEqual(['vision'])
  })
})

describe('requests that are no chat', () => {
  it.each(['/v1/embeddings', '/v1/completions', '/v1/images/generations'])(
    '%s needs nothing of a chat model',
    (path) => {
      const body = { model: 'm', tools: [{}], response_format: { type: 'json_object' }, input: 'x' }
      expect(needsOf('openai', body, path)).toEqual([])
    },
  )

  it('a form needs nothing', () => {
    const form = '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--b--\r\n'
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    const { request } = readBody('/v1/audio/transcriptions', form, headers)
    expect(Object.values(request.needs())).not.toContain(true)
    expect(request.conversationKey()).toBeNull()
    expect(request.promptSample()).toBe('')
  })

  it('a count of tokens needs what the chat would', () => {
    const body = { model: 'm', ...user('x'), tools: [{ name: 'f' }] }
    expect(needsOf('anthropic', body, '/v1/messages/count_tokens')).toEqual(['tools'])
  })
})
