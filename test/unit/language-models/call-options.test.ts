import { describe, expect, it } from 'vitest'
import {
  buildCallOptions,
  type CallOptions,
} from '../../../src/adapters/language-models/call-options.ts'
import { optionsForVersion } from '../../../src/adapters/language-models/older-options.ts'
import { signatureOf } from '../../../src/adapters/language-models/provider-metadata.ts'
import { RefusedPart } from '../../../src/adapters/language-models/refused-part.ts'
import type { Conversation, FilePart, Message, Signature } from '../../../src/core/conversation.ts'
import { emptyConversation, sdk } from './fake-model.ts'

function build(change: Partial<Conversation>): { options: CallOptions; warnings: string[] } {
  const warnings = new Set<string>()
  const conversation = { ...emptyConversation, ...change }
  const options = buildCallOptions(conversation, sdk, new AbortController().signal, warnings)
  return { options, warnings: [...warnings] }
}

const promptOf = (messages: Message[]) => build({ messages }).options.prompt

const file = (source: FilePart['source'], mediaType = 'image/png'): FilePart => ({
  type: 'file',
  mediaType,
  source,
  filename: null,
})

describe('settings', () => {
  it('leaves out what the client does not say', () => {
    const { options, warnings } = build({})
    expect(Object.keys(options).sort()).toEqual(['abortSignal', 'includeRawChunks', 'prompt'])
    expect(options.includeRawChunks).toBe(false)
    expect(warnings).toEqual([])
  })

  it('carries every setting that has a place', () => {
    const { options, warnings } = build({
      maxOutputTokens: 5,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      stopSequences: ['END'],
      reasoning: { effort: 'xhigh', budgetTokens: null, visible: true },
    })
    expect(options).toMatchObject({
      maxOutputTokens: 5,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      stopSequences: ['END'],
      reasoning: 'xhigh',
    })
    expect(warnings).toEqual([])
  })

  it('tells what has no place', () => {
    const { warnings } = build({
      parallelToolCalls: false,
      user: 'ann',
      metadata: { team: 'x' },
      output: { type: 'json-schema', name: 'n', description: null, schema: {}, strict: true },
    })
    expect(warnings).toHaveLength(4)
    expect(warnings[0]).toContain('parallel_tool_calls')
  })

  it.each([
    [0, 'none'],
    [1_024, 'low'],
    [10_000, 'medium'],
    [32_000, 'high'],
  ])('turns a thinking budget of %i tokens into effort %s and says so', (budgetTokens, effort) => {
    const reasoning = { effort: null, budgetTokens, visible: null }
    const { options, warnings } = build({ reasoning })
    expect(options.reasoning).toBe(effort)
    expect(warnings[0]).toContain(`${budgetTokens} tokens`)
  })

  it('asks for JSON with a schema, or without', () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } } }
    const output = {
      type: 'json-schema',
      name: 'n',
      description: 'd',
      schema,
      strict: null,
    } as const
    expect(build({ output }).options.responseFormat).toEqual({
      type: 'json',
      name: 'n',
      description: 'd',
      schema,
    })
    expect(build({ output: { type: 'json' } }).options.responseFormat).toEqual({ type: 'json' })
  })

  it.each([
    [{ type: 'auto' }, { type: 'auto' }],
    [{ type: 'none' }, { type: 'none' }],
    [{ type: 'required' }, { type: 'required' }],
    [
      { type: 'tool', name: 'rub' },
      { type: 'tool', toolName: 'rub' },
    ],
  ] as const)('passes tools on with the choice %j', (toolChoice, expected) => {
    const tools = [{ name: 'rub', description: null, parameters: null, strict: true }]
    const { options } = build({ tools, toolChoice })
    expect(options.toolChoice).toEqual(expected)
    expect(options.tools).toEqual([
      {
        type: 'function',
        name: 'rub',
        inputSchema: { type: 'object', properties: {} },
        strict: true,
      },
    ])
    expect(build({ toolChoice }).options).not.toHaveProperty('toolChoice')
  })
})

describe('messages', () => {
  const text = (value: string) => ({ type: 'text', text: value }) as const

  it('moves system messages to the front and says so', () => {
    const { options, warnings } = build({
      messages: [
        { role: 'system', content: [text('a'), text('b')], developer: false },
        { role: 'user', content: [text('hi')] },
        { role: 'system', content: [text('c')], developer: true },
      ],
    })
    expect(options.prompt).toEqual([
      { role: 'system', content: 'a\n\nb' },
      { role: 'system', content: 'c' },
      { role: 'user', content: [text('hi')] },
    ])
    expect(warnings).toEqual(['System messages between other messages were moved to the start.'])
  })

  it('says nothing about a system message where it belongs, or alone', () => {
    const system: Message = { role: 'system', content: [text('a')], developer: false }
    expect(build({ messages: [system] }).warnings).toEqual([])
    expect(build({ messages: [system, ...emptyConversation.messages] }).warnings).toEqual([])
  })

  it('marks prompt caching under the names that packages know', () => {
    const [system] = promptOf([
      {
        role: 'system',
        content: [{ ...text('long'), cache: { type: 'ephemeral', ttl: '1h' } }],
        developer: false,
      },
    ])
    expect(system?.providerOptions).toEqual({
      anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } },
      amazonBedrock: { cachePoint: { type: 'default', ttl: '1h' } },
      bedrock: { cachePoint: { type: 'default', ttl: '1h' } },
    })
  })

  it('gives tool calls parsed and tool results with the name of their tool', () => {
    const prompt = promptOf([
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', id: 'c1', name: 'rub', input: '{"times":3}' },
          { type: 'tool-call', id: 'c2', name: 'rub', input: '' },
          { type: 'tool-call', id: 'c3', name: 'rub', input: '{"times":' },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            callId: 'c1',
            name: '',
            content: [text('a'), text('b')],
            isError: false,
          },
          { type: 'tool-result', callId: 'c2', name: '', content: [text('no')], isError: true },
        ],
      },
    ])
    expect(prompt).toMatchObject([
      { content: [{ input: { times: 3 } }, { input: {} }, { input: '{"times":' }] },
      {
        content: [
          { toolCallId: 'c1', toolName: 'rub', output: { type: 'text', value: 'a\nb' } },
          { toolCallId: 'c2', toolName: 'rub', output: { type: 'error-text', value: 'no' } },
        ],
      },
    ])
  })

  it('gives back reasoning to the package that made it and keeps it from all others', () => {
    const reasoning = (signature: Signature | null): Message => ({
      role: 'assistant',
      content: [{ type: 'reasoning', text: 'Hm.', signature, redacted: false }, text('done')],
    })
    const metadata = { bedrock: { signature: 's' } }
    const own = signatureOf(metadata, sdk)
    expect(promptOf([reasoning(own)])).toMatchObject([
      {
        content: [{ type: 'reasoning', text: 'Hm.', providerOptions: metadata }, { type: 'text' }],
      },
    ])
    for (const foreign of [
      signatureOf(metadata, '@example/other'),
      { dialect: 'anthropic', value: own?.value ?? '', id: null } as const,
      { dialect: 'openai', value: '{', id: null } as const,
      null,
    ]) {
      const { options, warnings } = build({ messages: [reasoning(foreign)] })
      expect(options.prompt).toEqual([{ role: 'assistant', content: [text('done')] }])
      expect(warnings[0]).toContain('Reasoning')
    }
  })

  it('drops a message that had nothing but foreign reasoning', () => {
    const reasoning = { type: 'reasoning', text: 'Hm.', signature: null, redacted: false } as const
    expect(promptOf([{ role: 'assistant', content: [reasoning] }])).toEqual([])
  })

  it('gives a refusal back as text', () => {
    expect(promptOf([{ role: 'assistant', content: [{ type: 'refusal', text: 'No.' }] }])).toEqual([
      { role: 'assistant', content: [text('No.')] },
    ])
  })
})

describe('files', () => {
  const userPart = (part: FilePart) => promptOf([{ role: 'user', content: [part] }])[0]?.content

  it('passes base64 and addresses on, and a text document as text', () => {
    expect(userPart(file({ kind: 'base64', data: 'AQI=' }))).toEqual([
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQI=' } },
    ])
    const url = 'https://a.example/x.png'
    expect(userPart(file({ kind: 'url', url }))).toMatchObject([
      { data: { type: 'url', url: new URL(url) } },
    ])
    expect(userPart({ ...file({ kind: 'text', text: 'body' }), filename: 'a.txt' })).toEqual([
      { type: 'text', text: 'a.txt\n\nbody' },
    ])
    expect(userPart(file({ kind: 'base64', data: 'Z3LDvG4=' }, 'text/plain'))).toEqual([
      { type: 'text', text: 'grün' },
    ])
  })

  it.each([
    ['a file id of another provider', { kind: 'id', id: 'file_1', dialect: 'anthropic' }, 'file_1'],
    ['an address that is none', { kind: 'url', url: 'nowhere' }, 'nowhere'],
  ] as const)('refuses %s in words for the user', (_name, source, named) => {
    expect(() => userPart(file(source))).toThrow(RefusedPart)
    expect(() => userPart(file(source))).toThrow(named)
  })
})

describe('older versions', () => {
  const messages: Message[] = [
    { role: 'system', content: [{ type: 'text', text: 's' }], developer: false },
    {
      role: 'user',
      content: [
        file({ kind: 'base64', data: 'AQI=' }),
        file({ kind: 'url', url: 'https://a.example/x.png' }),
      ],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          callId: 'c',
          name: 'look',
          isError: false,
          content: [
            { type: 'text', text: 'seen' },
            file({ kind: 'base64', data: 'AQI=' }),
            file({ kind: 'url', url: 'https://a.example/x.pdf' }, 'application/pdf'),
          ],
        },
      ],
    },
  ]
  const older = (version: string) => {
    const reasoning = { effort: 'high', budgetTokens: null, visible: null } as const
    const warnings = new Set<string>()
    const { options } = build({ messages, reasoning })
    return { options: optionsForVersion(options, version, warnings), warnings: [...warnings] }
  }

  it('leaves v4 as it is', () => {
    expect(older('v4').options).toHaveProperty('reasoning', 'high')
    expect(older('v4').warnings).toEqual([])
  })

  it.each([
    [
      'v3',
      [
        { type: 'image-data', data: 'AQI=', mediaType: 'image/png' },
        { type: 'file-url', url: 'https://a.example/x.pdf' },
      ],
      1,
    ],
    ['v2', [{ type: 'media', data: 'AQI=', mediaType: 'image/png' }], 2],
  ])('speaks %s', (version, resultFiles, warned) => {
    const { options, warnings } = older(version)
    expect(options).not.toHaveProperty('reasoning')
    expect(options).toHaveProperty('prompt', [
      { role: 'system', content: 's' },
      {
        role: 'user',
        content: [
          { type: 'file', mediaType: 'image/png', data: 'AQI=' },
          { type: 'file', mediaType: 'image/png', data: new URL('https://a.example/x.png') },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c',
            toolName: 'look',
            output: { type: 'content', value: [{ type: 'text', text: 'seen' }, ...resultFiles] },
          },
        ],
      },
    ])
    expect(warnings).toHaveLength(warned)
  })
})
