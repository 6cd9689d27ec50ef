import type { Conversation, Message, Signature, Tool } from '../../../src/core/conversation.ts'
import type { Dialect } from '../../../src/core/request.ts'

/** Conversations that every dialect must be able to carry as far as it can. */

const text = (value: string) => ({ type: 'text', text: value }) as const
const user = (value: string): Message => ({ role: 'user', content: [text(value)] })
const assistant = (value: string): Message => ({ role: 'assistant', content: [text(value)] })

/** A grey pixel, and the beginning of a PDF. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='
const pdf = 'JVBERi0xLjQKJcOkw7zDtsOfCg=='

const plain: Conversation = {
  messages: [user('Where is Ulm?')],
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

const place = {
  type: 'object',
  properties: { town: { type: 'string', description: 'Name of a town' } },
  required: ['town'],
  additionalProperties: false,
}

const tools: Tool[] = [
  { name: 'weather', description: 'The weather now', parameters: place, strict: null },
  { name: 'clock', description: null, parameters: null, strict: null },
]

const file = (
  mediaType: string,
  source: { kind: 'base64'; data: string } | { kind: 'url'; url: string },
  filename: string | null = null,
) => ({ type: 'file', mediaType, source, filename }) as const

const twoCalls: Message = {
  role: 'assistant',
  content: [
    text('I look it up.'),
    { type: 'tool-call', id: 'call_a', name: 'weather', input: '{"town":"Ulm"}' },
    { type: 'tool-call', id: 'call_b', name: 'weather', input: '{"town":"Bonn"}' },
  ],
}

const result = (callId: string, value: string, isError = false) =>
  ({ type: 'tool-result', callId, name: 'weather', content: [text(value)], isError }) as const

export const conversations: Readonly<Record<string, Conversation>> = {
  'one question': plain,
  'rules of the system and of the developer': {
    ...plain,
    messages: [
      { role: 'system', content: [text('Be brief.')], developer: false },
      { role: 'system', content: [text('Use metres.')], developer: true },
      user('Where is Ulm?'),
    ],
  },
  'many turns': {
    ...plain,
    messages: [
      user('Hi'),
      assistant('Hello!'),
      user('Where is Ulm?'),
      assistant('South.'),
      user('Of?'),
    ],
  },
  'letters of every alphabet': {
    ...plain,
    messages: [user('Grüße, 世界 — 👩‍🚀\n\t"quoted" \\ \u2028 </script>')],
  },
  'an image in base64': {
    ...plain,
    messages: [
      {
        role: 'user',
        content: [text('What is it?'), file('image/png', { kind: 'base64', data: png })],
      },
    ],
  },
  'an image by address': {
    ...plain,
    messages: [
      {
        role: 'user',
        content: [
          text('What is it?'),
          file('image/*', { kind: 'url', url: 'https://a.example/x.png' }),
        ],
      },
    ],
  },
  'a PDF': {
    ...plain,
    messages: [
      {
        role: 'user',
        content: [
          file('application/pdf', { kind: 'base64', data: pdf }, 'plan.pdf'),
          text('Sum up.'),
        ],
      },
    ],
  },
  'parallel tool calls with their results': {
    ...plain,
    tools,
    messages: [
      user('Where is it warmer?'),
      twoCalls,
      {
        role: 'tool',
        content: [result('call_a', '21 degrees'), result('call_b', '{"degrees":24}')],
      },
    ],
  },
  'calls of tools in two turns': {
    ...plain,
    tools,
    messages: [
      user('And now?'),
      {
        role: 'assistant',
        content: [{ type: 'tool-call', id: 'call_1', name: 'clock', input: '{}' }],
      },
      { role: 'tool', content: [{ ...result('call_1', '12:00'), name: 'clock' }] },
      assistant('Noon.'),
      user('And the weather?'),
      {
        role: 'assistant',
        content: [{ type: 'tool-call', id: 'call_2', name: 'weather', input: '{"town":"Ulm"}' }],
      },
      { role: 'tool', content: [result('call_2', 'sunny')] },
      user('In one word.'),
    ],
  },
  'a tool that failed': {
    ...plain,
    tools,
    messages: [
      user('Warm?'),
      {
        role: 'assistant',
        content: [{ type: 'tool-call', id: 'c', name: 'weather', input: '{"town":"X"}' }],
      },
      { role: 'tool', content: [result('c', 'No such town.', true)] },
    ],
  },
  'the tools are to be used as the model likes': { ...plain, tools, toolChoice: { type: 'auto' } },
  'no tool may be used': { ...plain, tools, toolChoice: { type: 'none' } },
  'some tool must be used': { ...plain, tools, toolChoice: { type: 'required' } },
  'one tool must be used': { ...plain, tools, toolChoice: { type: 'tool', name: 'clock' } },
  'one tool at a time': {
    ...plain,
    tools,
    toolChoice: { type: 'auto' },
    parallelToolCalls: false,
  },
  'JSON without a schema': {
    ...plain,
    messages: [user('Answer in JSON: where is Ulm?')],
    output: { type: 'json' },
  },
  'JSON with a schema': {
    ...plain,
    output: { type: 'json-schema', name: 'place', description: null, schema: place, strict: true },
  },
  'an effort to think': {
    ...plain,
    reasoning: { effort: 'high', budgetTokens: null, visible: null },
  },
  'a budget to think': {
    ...plain,
    maxOutputTokens: 20_000,
    reasoning: { effort: null, budgetTokens: 5_000, visible: null },
  },
  'settings of the sampling': {
    ...plain,
    maxOutputTokens: 500,
    temperature: 0.5,
    topK: 20,
    seed: 7,
    presencePenalty: 0.5,
    frequencyPenalty: -0.5,
  },
  'a probability mass': { ...plain, topP: 0.9 },
  'stop sequences': { ...plain, stopSequences: ['END', '###'] },
  'an end user': { ...plain, user: 'ann' },
}

/** A history with reasoning that the dialect's own provider signed, or whoever else. */
export function signedHistory(
  dialect: Dialect,
  signature: Signature | null = nativeSignature(dialect),
): Conversation {
  return {
    ...plain,
    tools,
    messages: [
      user('Warm?'),
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'I must look.', signature, redacted: false },
          { type: 'tool-call', id: 'c', name: 'weather', input: '{"town":"Ulm"}' },
        ],
      },
      { role: 'tool', content: [result('c', 'sunny')] },
    ],
  }
}

/** A signature as providers of the dialect make it. */
export function nativeSignature(dialect: Dialect): Signature {
  switch (dialect) {
    case 'openai': {
      const entry = { type: 'reasoning.text', signature: 'c2lnbmVk', format: 'some-v1', index: 0 }
      return { dialect, value: JSON.stringify([entry]), id: null }
    }
    case 'openai-responses':
      return { dialect, value: 'gAAAAABencrypted==', id: 'rs_0123456789abcdef' }
    case 'anthropic':
      return { dialect, value: 'EqQBCgIYAhIkYW50aHJvcGlj', id: null }
    case 'gemini':
      return { dialect, value: 'CiQBZ2VtaW5pLXNpZ25hdHVyZQ==', id: null }
  }
}
