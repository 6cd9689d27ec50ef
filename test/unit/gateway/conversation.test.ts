import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../../src/core/request.ts'
import { paths, readBody } from './needs.ts'

const key = (dialect: Dialect, body: object, headers?: Record<string, string>) =>
  readBody(paths[dialect], { model: 'm', ...body }, headers).request.conversationKey()
const sample = (dialect: Dialect, body: object) =>
  readBody(paths[dialect], { model: 'm', ...body }).request.promptSample()

const turn = (role: string, content: unknown) => ({ role, content })
const part = (role: string, text: string) => ({ role, parts: [{ text }] })

/** A conversation of each dialect, as it is asked in its first turn and two turns later. */
const conversations: Readonly<Record<Dialect, (first: string, system: string) => object[]>> = {
  openai: (first, system) => [
    { messages: [turn('system', system), turn('user', first)] },
    {
      temperature: 1,
      messages: [
        turn('system', system),
        turn('user', [{ type: 'text', text: first }]),
        turn('assistant', 'well'),
        turn('user', 'and then?'),
      ],
    },
  ],
  'openai-responses': (first, system) => [
    { instructions: system, input: first },
    {
      instructions: system,
      input: [
        { type: 'message', ...turn('user', [{ type: 'input_text', text: first }]) },
        turn('assistant', 'well'),
        turn('user', 'and then?'),
      ],
    },
  ],
  anthropic: (first, system) => [
    {
      system,
      messages: [
        turn('user', [{ type: 'text', text: first, cache_control: { type: 'ephemeral' } }]),
      ],
    },
    {
      system: [
        { type: 'text', text: `x-anthropic-billing-header: ${first.length}` },
        { type: 'text', text: system, cache_control: { type: 'ephemeral' } },
      ],
      messages: [turn('user', first), turn('assistant', 'well'), turn('user', 'and then?')],
    },
  ],
  gemini: (first, system) => [
    { systemInstruction: { parts: [{ text: system }] }, contents: [part('user', first)] },
    {
      system_instruction: { parts: [{ text: system }] },
      contents: [part('user', first), part('model', 'well'), part('user', 'and then?')],
    },
  ],
}

describe.each(Object.keys(conversations).filter((name): name is Dialect => name in paths))(
  'a conversation in %s',
  (dialect) => {
    const keys = (first: string, system: string) =>
      conversations[dialect](first, system).map((body) => key(dialect, body))

    it('is known by how it begins, in every turn', () => {
      const [one, later] = keys('Hello "you"', 'Be kind.')
      expect(one).toMatch(/^[\w-]{43}$/)
      expect(later).toBe(one)
    })

    it('is another with another beginning, other tools or another user', () => {
      const [body = {}] = conversations[dialect]('Hello', 'Be kind.')
      const found = [
        keys('Hello', 'Be kind.')[0],
        keys('Hello!', 'Be kind.')[0],
        keys('Hello', 'Be brief.')[0],
        keys('', 'HelloBe kind.')[0],
        key(dialect, { ...body, tools: [{ name: 'f' }] }),
        key(dialect, body, { 'x-waybill-user': 'somebody' }),
      ]
      expect(new Set(found).size).toBe(found.length)
    })

    it('has a sample of what the user says last', () => {
      const [one = {}, later = {}] = conversations[dialect]('Hello é ☃', 'Be kind.')
      expect(sample(dialect, one)).toBe('Hello é ☃')
      expect(sample(dialect, later)).toBe('and then?')
    })

    it('has neither key nor sample while nobody has said anything', () => {
      for (const body of [{}, { messages: [], input: [], contents: [] }]) {
        expect(key(dialect, body)).toBeNull()
        expect(sample(dialect, body)).toBe('')
      }
    })
  },
)

describe('what stands in for a beginning', () => {
  it('images are part of it', () => {
    const image = (url: string) => ({
      messages: [turn('user', [{ type: 'image_url', image_url: { url } }])],
    })
    expect(key('openai', image('a'))).not.toBe(key('openai', image('b')))
  })

  it('a conversation the provider keeps has its id', () => {
    const one = key('openai-responses', { conversation: 'conv_1', input: 'a' })
    expect(key('openai-responses', { conversation: { id: 'conv_1' }, input: 'b' })).toBe(one)
    expect(key('openai-responses', { conversation: 'conv_2', input: 'a' })).not.toBe(one)
  })

  it('a request that goes on from a stored response tells none', () => {
    expect(key('openai-responses', { previous_response_id: 'resp_1', input: 'a' })).toBeNull()
  })
})

describe('the sample', () => {
  it('is what was said before tools answered', () => {
    const messages = [
      turn('user', 'do it'),
      turn('assistant', [{ type: 'tool_use', id: '1', name: 'f', input: {} }]),
      turn('user', [{ type: 'tool_result', tool_use_id: '1', content: 'done' }]),
    ]
    expect(sample('anthropic', { messages })).toBe('do it')
  })

  it('is cut, and whole letters remain', () => {
    const cut = sample('openai', { messages: [turn('user', `${'x'.repeat(4_095)}😀 and more`)] })
    expect(cut).toHaveLength(4_096)
    expect(cut.isWellFormed()).toBe(true)
  })

  it('is the prompt of a completion', () => {
    const { request } = readBody('/v1/completions', { model: 'm', prompt: 'Once upon' })
    expect(request.promptSample()).toBe('Once upon')
  })
})
