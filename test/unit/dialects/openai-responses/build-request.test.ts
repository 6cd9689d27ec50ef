import { describe, expect, it } from 'vitest'
import type {
  Conversation,
  FilePart,
  FileSource,
  Message,
} from '../../../../src/core/conversation.ts'
import type { BuildContext } from '../../../../src/dialects/dialect.ts'
import { openaiResponses as codec } from '../../../../src/dialects/openai-responses/index.ts'
import { emptyConversation } from './samples.ts'

function built(conversation: Partial<Conversation>, context: Partial<BuildContext> = {}) {
  const outcome = codec.buildRequest(
    { ...emptyConversation, ...conversation },
    { model: 'm', streaming: false, quirks: {}, ...context },
  )
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return { ...outcome.value.value, warnings: outcome.value.warnings }
}

const user = (...content: Extract<Message, { role: 'user' }>['content']): Message => ({
  role: 'user',
  content,
})
const hi: Message = user({ type: 'text', text: 'Hi' })

describe('a built request', () => {
  it('keeps no state at the provider and holds nothing it was not told', () => {
    const { body, endpoint, headers } = built({ messages: [hi] }, { streaming: true })
    expect(body).toStrictEqual({
      model: 'm',
      input: [{ role: 'user', content: 'Hi' }],
      store: false,
      stream: true,
    })
    expect(endpoint.path).toBe('/responses')
    expect(headers).toEqual({})
  })

  it('writes strictness always, because left out it would mean strict', () => {
    const tool = { name: 'f', description: null, parameters: null, strict: null }
    const { body } = built({ messages: [hi], tools: [tool, { ...tool, strict: true }] })
    expect(body['tools']).toMatchObject([{ strict: false }, { strict: true }])
  })

  it('drops foreign reasoning and signatures, saying so once', () => {
    const foreign = { dialect: 'anthropic', value: 'x', id: null } as const
    const own = { dialect: 'openai-responses', value: 'proof', id: 'rs_1' } as const
    const reasoning = { type: 'reasoning', text: 'think', redacted: false } as const
    const { body, warnings } = built({
      messages: [
        hi,
        {
          role: 'assistant',
          content: [
            { ...reasoning, signature: foreign },
            { ...reasoning, signature: null },
            { ...reasoning, signature: own },
            { type: 'tool-call', id: 'c', name: 'f', input: '', signature: foreign },
          ],
        },
      ],
    })
    expect(body['input']).toEqual([
      { role: 'user', content: 'Hi' },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'think' }],
        encrypted_content: 'proof',
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    ])
    expect(body['include']).toEqual(['reasoning.encrypted_content'])
    expect(warnings).toHaveLength(2)
  })

  it('asks for reasoning back only where the model is asked to reason', () => {
    const asked = (effort: 'none' | 'high') =>
      built({ messages: [hi], reasoning: { effort, budgetTokens: null, visible: null } }).body
    expect(asked('high')).toMatchObject({
      reasoning: { effort: 'high' },
      include: ['reasoning.encrypted_content'],
    })
    expect(asked('none')).not.toHaveProperty('include')
  })

  it('turns a thinking budget into an effort', () => {
    const { body, warnings } = built({
      messages: [hi],
      reasoning: { effort: null, budgetTokens: 10_000, visible: true },
    })
    expect(body['reasoning']).toEqual({ effort: 'medium', summary: 'auto' })
    expect(warnings).toHaveLength(1)
  })

  it('warns of settings without a field instead of refusing', () => {
    const { body, warnings } = built({
      messages: [hi],
      stopSequences: ['x'],
      topK: 5,
      seed: 1,
      presencePenalty: 0.5,
      frequencyPenalty: 0,
      maxOutputTokens: 1,
    })
    expect(warnings).toHaveLength(5)
    expect(body).toMatchObject({ max_output_tokens: 16 })
    expect(Object.keys(body)).toEqual(['model', 'input', 'max_output_tokens', 'store'])
  })

  it('follows the quirks of a provider', () => {
    const rules: Message = {
      role: 'system',
      content: [{ type: 'text', text: 'Rules' }],
      developer: true,
    }
    const output = {
      type: 'json-schema',
      name: 'n',
      description: null,
      schema: { type: 'object' },
      strict: null,
    } as const
    expect(built({ messages: [rules], output }).body).toMatchObject({
      input: [{ role: 'developer' }],
      text: { format: { type: 'json_schema', name: 'n', strict: false } },
    })
    const quirks = { noDeveloperRole: true, noJsonSchema: true }
    expect(built({ messages: [rules], output }, { quirks }).body).toMatchObject({
      input: [{ role: 'system' }, { role: 'system', content: expect.stringContaining('"object"') }],
      text: { format: { type: 'json_object' } },
    })
  })

  it('writes every kind of file', () => {
    const file = (mediaType: string, source: FileSource): FilePart => ({
      type: 'file',
      mediaType,
      source,
      filename: null,
    })
    const { body } = built({
      messages: [
        user(
          file('image/*', { kind: 'base64', data: '/9j/4A' }),
          file('image/png', { kind: 'id', id: 'file-1', dialect: 'openai' }),
          file('application/pdf', { kind: 'base64', data: 'aGk=' }),
          file('application/pdf', { kind: 'url', url: 'https://a.test/a.pdf' }),
          file('text/plain', { kind: 'text', text: 'plain' }),
        ),
      ],
    })
    expect(body['input']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/jpeg;base64,/9j/4A', detail: 'auto' },
          { type: 'input_image', file_id: 'file-1', detail: 'auto' },
          {
            type: 'input_file',
            filename: 'file.pdf',
            file_data: 'data:application/pdf;base64,aGk=',
          },
          { type: 'input_file', file_url: 'https://a.test/a.pdf' },
          { type: 'input_text', text: 'plain' },
        ],
      },
    ])
  })

  it.each([
    ['audio', { mediaType: 'audio/wav', source: { kind: 'base64', data: 'aGk=' } }],
    [
      'a foreign file',
      { mediaType: 'image/png', source: { kind: 'id', id: 'f', dialect: 'gemini' } },
    ],
  ] as const)('refuses %s, which another target may take', (_, part) => {
    const messages = [user({ type: 'file', filename: null, ...part })]
    const outcome = codec.buildRequest(
      { ...emptyConversation, messages },
      { model: 'm', streaming: false, quirks: {} },
    )
    expect(outcome).toMatchObject({ ok: false, failure: { retry: 'other' } })
  })
})
