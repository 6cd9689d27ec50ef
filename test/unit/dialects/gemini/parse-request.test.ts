import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json.ts'
import { sealSignature } from '../../../../src/core/signature.ts'
import { textToBase64 } from '../../../../src/dialects/gemini/base64.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { parsed } from './fixtures.ts'

const hello = [{ role: 'user', parts: [{ text: 'Hello' }] }]

function refusal(body: JsonObject) {
  const outcome = gemini.parseRequest(body)
  if (outcome.ok) throw new Error('parsed, but should have been refused')
  return outcome.failure
}

function messages(contents: JsonObject[]) {
  return parsed({ contents }).value.messages
}

describe('contents', () => {
  it('are messages, in camelCase and in snake_case, lists or single objects', () => {
    const { value } = parsed({
      system_instruction: { parts: { text: 'Be brief.' } },
      contents: [
        { parts: { text: 'Look' } },
        { role: 'model', parts: [{ text: 'Where?' }] },
        { role: 'user', parts: [{ inline_data: { mime_type: 'image/png', data: '_9j-4A' } }] },
      ],
    })
    expect(value.messages).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }], developer: false },
      { role: 'user', content: [{ type: 'text', text: 'Look' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Where?', signature: null }] },
      {
        role: 'user',
        content: [
          {
            type: 'file',
            mediaType: 'image/png',
            source: { kind: 'base64', data: '/9j+4A==' },
            filename: null,
          },
        ],
      },
    ])
  })

  it.each([
    ['Be brief.'],
    [{ text: 'Be brief.' }],
    [{ role: 'user', parts: [{ text: 'Be brief.' }] }],
  ])('take the system instruction as %j', (systemInstruction) => {
    const { value } = parsed({ systemInstruction, contents: hello })
    expect(value.messages[0]).toMatchObject({ role: 'system', content: [{ text: 'Be brief.' }] })
  })

  it('tell files at Google from files anyone can fetch', () => {
    const file = (fileUri: string) => ({ fileData: { fileUri, mimeType: 'image/png' } })
    const [message] = messages([
      { parts: [file('gs://bucket/a.png'), file('https://a.example/a.png')] },
    ])
    expect(message?.content).toMatchObject([
      { source: { kind: 'id', id: 'gs://bucket/a.png', dialect: 'gemini' } },
      { source: { kind: 'url', url: 'https://a.example/a.png' } },
    ])
  })

  it('pair responses with calls by id, or by name and order', () => {
    const call = (name: string, more: JsonObject = {}) => ({ functionCall: { name, ...more } })
    const answer = (name: string, result: string, more: JsonObject = {}) => ({
      functionResponse: { name, response: { output: result }, ...more },
    })
    const [, calls, results, said] = messages([
      ...hello,
      {
        role: 'model',
        parts: [call('add', { args: { a: 1 } }), call('add'), call('sub', { id: 'call_1' })],
      },
      {
        role: 'function',
        parts: [
          { text: 'Here' },
          answer('sub', 'third', { id: 'call_1' }),
          answer('add', 'first'),
          answer('add', 'second'),
        ],
      },
    ])
    expect(calls?.content).toMatchObject([
      { id: 'call_2', input: '{"a":1}' },
      { id: 'call_3', input: '{}' },
      { id: 'call_1' },
    ])
    expect(results).toMatchObject({
      role: 'tool',
      content: [
        { callId: 'call_1', name: 'sub', content: [{ text: 'third' }] },
        { callId: 'call_2', content: [{ text: 'first' }] },
        { callId: 'call_3', content: [{ text: 'second' }] },
      ],
    })
    expect(said).toMatchObject({ role: 'user', content: [{ text: 'Here' }] })
  })

  it('read results: an output, an error, any object, files', () => {
    const parts = (functionResponse: JsonObject) =>
      messages([
        { role: 'model', parts: [{ functionCall: { name: 'f' } }] },
        { parts: [{ functionResponse: { name: 'f', ...functionResponse } }] },
      ])[1]?.content
    expect(parts({ response: { output: 'ok' } })).toMatchObject([
      { content: [{ text: 'ok' }], isError: false },
    ])
    expect(parts({ response: { error: 'no' } })).toMatchObject([
      { content: [{ text: 'no' }], isError: true },
    ])
    expect(parts({ response: { a: 1, output: 'x' } })).toMatchObject([
      { content: [{ text: '{"a":1,"output":"x"}' }], isError: false },
    ])
    const inlineData = { mimeType: 'image/png', data: 'aGk=' }
    expect(parts({ response: {}, parts: [{ inlineData }] })).toMatchObject([
      { content: [{ type: 'file', mediaType: 'image/png' }] },
    ])
  })

  it('join the chunks a client kept as parts, up to their signature', () => {
    const seal = textToBase64(sealSignature({ dialect: 'anthropic', value: 'sig/+é', id: null }))
    const urlSafe = seal.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
    const [message] = messages([
      {
        role: 'model',
        parts: [
          { text: 'Let me ', thought: true },
          { text: 'think', thought: true },
          { text: '', thought: true, thoughtSignature: urlSafe },
          { text: 'more', thought: true },
          { thought: true, thoughtSignature: 'b3du' },
          { thought: true, thoughtSignature: 'aGlkZGVu' },
          { text: 'An' },
          { text: 'swer' },
          { text: '' },
          { text: '', thoughtSignature: 'b3du' },
        ],
      },
    ])
    const own = { dialect: 'gemini', id: null }
    expect(message?.content).toEqual([
      {
        type: 'reasoning',
        text: 'Let me think',
        signature: { dialect: 'anthropic', value: 'sig/+é', id: null },
        redacted: false,
      },
      { type: 'reasoning', text: 'more', signature: { ...own, value: 'b3du' }, redacted: false },
      { type: 'reasoning', text: '', signature: { ...own, value: 'aGlkZGVu' }, redacted: true },
      { type: 'text', text: 'Answer', signature: { ...own, value: 'b3du' } },
    ])
  })

  it('leave out what only Gemini did, and say so', () => {
    const { value, warnings } = parsed({
      contents: [
        ...hello,
        { role: 'model', parts: [{ executableCode: { code: '1' } }, { text: 'One' }] },
      ],
    })
    expect(value.messages[1]).toMatchObject({ content: [{ text: 'One' }] })
    expect(warnings).toEqual([expect.stringContaining('executableCode')])
  })
})

describe('tools', () => {
  it('take OpenAPI and JSON schemas', () => {
    const { value } = parsed({
      contents: hello,
      tools: [
        {
          function_declarations: [
            {
              name: 'add',
              description: 'Adds',
              parameters: { type: 'OBJECT', properties: { a: { type: 'NUMBER', nullable: true } } },
            },
            { name: 'now', parameters_json_schema: { type: 'object', properties: {} } },
            { name: 'ping' },
          ],
        },
      ],
    })
    expect(value.tools).toEqual([
      {
        name: 'add',
        description: 'Adds',
        parameters: { type: 'object', properties: { a: { type: ['number', 'null'] } } },
        strict: null,
      },
      {
        name: 'now',
        description: null,
        parameters: { type: 'object', properties: {} },
        strict: null,
      },
      { name: 'ping', description: null, parameters: null, strict: null },
    ])
  })

  it.each([
    ['AUTO', [], { type: 'auto' }],
    ['NONE', [], { type: 'none' }],
    ['ANY', [], { type: 'required' }],
    ['any', ['f'], { type: 'tool', name: 'f' }],
    ['ANY', ['f', 'g'], { type: 'required' }],
    ['VALIDATED', [], { type: 'auto' }],
    [2, [], { type: 'required' }],
    ['MODE_UNSPECIFIED', [], null],
  ])('mode %s with %j is %j', (mode, allowedFunctionNames, choice) => {
    const { value, warnings } = parsed({
      contents: hello,
      toolConfig: { functionCallingConfig: { mode, allowedFunctionNames } },
    })
    expect(value.toolChoice).toEqual(choice)
    expect(warnings.length).toBe(mode === 'VALIDATED' || allowedFunctionNames.length > 1 ? 1 : 0)
  })
})

describe('generationConfig', () => {
  it('carries over', () => {
    const { value, warnings } = parsed({
      contents: hello,
      generation_config: {
        temperature: 0.5,
        top_p: 0.9,
        topK: 40.0,
        max_output_tokens: 100,
        stopSequences: ['END'],
        seed: 7,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        candidateCount: 1,
        responseModalities: ['TEXT'],
      },
      labels: { team: 'a' },
    })
    expect(value).toMatchObject({
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      output: { type: 'text' },
      metadata: { team: 'a' },
    })
    expect(warnings).toEqual([])
  })

  it.each([
    [{ responseMimeType: 'application/json' }, { type: 'json' }],
    [
      {
        responseMimeType: 'application/json',
        responseSchema: { type: 'STRING', title: 'My name' },
      },
      { type: 'json-schema', name: 'My_name', schema: { type: 'string', title: 'My name' } },
    ],
    [
      { response_json_schema: { type: 'object', description: 'D' } },
      { type: 'json-schema', name: 'response', description: 'D' },
    ],
    [{ responseMimeType: 'text/plain' }, { type: 'text' }],
  ])('%j asks for %j', (generationConfig, output) => {
    expect(parsed({ contents: hello, generationConfig }).value.output).toMatchObject(output)
  })

  it.each([
    [{ thinkingBudget: 0 }, { effort: 'none', budgetTokens: null, visible: null }],
    [
      { thinking_budget: 512, includeThoughts: true },
      { effort: null, budgetTokens: 512, visible: true },
    ],
    [{ thinkingBudget: -1 }, { effort: 'medium', budgetTokens: null, visible: null }],
    [{ thinkingLevel: 'LOW' }, { effort: 'low', budgetTokens: null, visible: null }],
    [{ includeThoughts: true }, { effort: 'medium', budgetTokens: null, visible: true }],
    [{ includeThoughts: false }, null],
  ])('thinkingConfig %j is %j', (thinkingConfig, reasoning) => {
    const body = { contents: hello, generationConfig: { thinkingConfig } }
    expect(parsed(body).value.reasoning).toEqual(reasoning)
  })

  it('warns of what has no counterpart', () => {
    const { warnings } = parsed({
      contents: hello,
      safety_settings: [{}],
      generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW' },
    })
    expect(warnings).toEqual([
      expect.stringMatching(/^safetySettings /),
      expect.stringMatching(/^generationConfig.mediaResolution /),
    ])
  })
})

describe('a request that cannot be read', () => {
  it.each<[JsonObject, string]>([
    [{}, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: 'Hello' }, 'contents[0]'],
    [{ contents: [{ role: 'system', parts: [{ text: 'a' }] }] }, 'contents[0].role'],
    [{ contents: [{ parts: [{ text: 7 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{}] }] }, 'contents[0].parts[0]'],
    [{ contents: [{ parts: ['a'] }] }, 'contents[0].parts[0]'],
    [
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] },
      'contents[0].parts[0].inlineData.data',
    ],
    [
      { contents: [{ parts: [{ functionResponse: { name: 'f', response: {} } }] }] },
      'contents[0].parts[0].functionResponse',
    ],
    [
      { contents: [{ role: 'model', parts: [{ functionCall: { name: 'f', args: 'x' } }] }] },
      'contents[0].parts[0].functionCall.args',
    ],
    [{ contents: hello, generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [
      { contents: hello, generationConfig: { maxOutputTokens: 0 } },
      'generationConfig.maxOutputTokens',
    ],
    [
      { contents: hello, generationConfig: { stopSequences: 'END' } },
      'generationConfig.stopSequences',
    ],
    [
      { contents: hello, generationConfig: { thinkingConfig: { thinkingLevel: 'SO_SO' } } },
      'generationConfig.thinkingConfig.thinkingLevel',
    ],
    [{ contents: hello, systemInstruction: 7 }, 'systemInstruction'],
    [
      { contents: hello, tools: [{ functionDeclarations: [{}] }] },
      'tools[0].functionDeclarations[0].name',
    ],
    [
      { contents: hello, toolConfig: { functionCallingConfig: { mode: 'SOMETIMES' } } },
      'toolConfig.functionCallingConfig.mode',
    ],
  ])('%j names %s', (body, param) => {
    const failure = refusal(body)
    expect(failure).toMatchObject({ class: 'invalid_request', param, retry: 'never' })
    expect(failure.message).toMatch(/\.$/)
  })

  it.each<[JsonObject, string]>([
    [{ tools: [{ googleSearch: {} }] }, 'tools[0].googleSearch'],
    [{ tools: { code_execution: {} } }, 'tools[0].code_execution'],
    [{ tools: [{ functionDeclarations: [], urlContext: {} }] }, 'tools[0].urlContext'],
    [{ cachedContent: 'cachedContents/1' }, 'cachedContent'],
    [{ generationConfig: { candidateCount: 2 } }, 'generationConfig.candidateCount'],
    [
      { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } },
      'generationConfig.responseModalities',
    ],
    [{ generationConfig: { responseLogprobs: true } }, 'generationConfig.responseLogprobs'],
    [{ generationConfig: { speechConfig: {} } }, 'generationConfig.speechConfig'],
    [
      { generationConfig: { responseMimeType: 'text/x.enum' } },
      'generationConfig.responseMimeType',
    ],
  ])('leaves %j to a Gemini target', (body, param) => {
    const failure = refusal({ contents: hello, ...body })
    expect(failure).toMatchObject({ class: 'invalid_request', param, retry: 'other' })
  })
})
