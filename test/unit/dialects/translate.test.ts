import { describe, expect, it } from 'vitest'
import type { Conversation } from '../../../src/core/conversation.ts'
import { failed, failure, ok } from '../../../src/core/failure.ts'
import type { ReplyEvent } from '../../../src/core/reply.ts'
import { anthropic } from '../../../src/dialects/anthropic/index.ts'
import type {
  DialectCodec,
  Frame,
  StreamReader,
  StreamWriter,
} from '../../../src/dialects/dialect.ts'
import { openai } from '../../../src/dialects/openai/index.ts'
import {
  createTranslatedStream,
  translateRequest,
  translateWhole,
} from '../../../src/dialects/translate.ts'

const buildContext = { model: 'claude-sonnet-4-5', streaming: true, quirks: {} }

const replyContext = {
  id: 'wb_1',
  model: 'fast',
  createdS: 1_700_000_000,
  includeUsage: false,
  framing: 'sse',
  requestBody: {},
} as const

describe('translateRequest', () => {
  it('carries a request from one dialect to the other', () => {
    const body = {
      model: 'fast',
      max_tokens: 50,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Where is Ulm?' },
      ],
    }
    const translated = translateRequest(openai, anthropic, body, buildContext)
    expect(translated).toMatchObject({
      ok: true,
      value: {
        value: {
          endpoint: { path: '/messages' },
          body: {
            model: 'claude-sonnet-4-5',
            max_tokens: 50,
            stream: true,
            system: 'Be brief.',
            messages: [{ role: 'user', content: 'Where is Ulm?' }],
          },
        },
      },
    })
  })

  it('tells each loss once, whichever side it happened on', () => {
    const conversation: Conversation | null = conversationOf({
      messages: [{ role: 'user', content: 'Hi' }],
    })
    const from: DialectCodec = {
      ...openai,
      parseRequest: () => ok({ value: conversation, warnings: ['lost', 'lost at first'] }),
    }
    const to: DialectCodec = {
      ...anthropic,
      buildRequest: () => {
        const value = { endpoint: endpointOf(anthropic), body: {}, headers: {} }
        return ok({ value, warnings: ['lost', 'lost at last'] })
      },
    }
    const translated = translateRequest(from, to, {}, buildContext)
    expect(translated.ok && translated.value.warnings).toEqual([
      'lost',
      'lost at first',
      'lost at last',
    ])
  })

  it('passes on the failure of either side', () => {
    const refused = failed(failure('invalid_request', 'No.'))
    expect(translateRequest(openai, anthropic, { messages: 7 }, buildContext)).toMatchObject({
      ok: false,
      failure: { class: 'invalid_request', param: 'messages' },
    })
    const to: DialectCodec = { ...anthropic, buildRequest: () => refused }
    const body = { messages: [{ role: 'user', content: 'Hi' }] }
    expect(translateRequest(openai, to, body, buildContext)).toEqual(refused)
  })

  function conversationOf(body: Parameters<DialectCodec['parseRequest']>[0]): Conversation {
    const parsed = openai.parseRequest(body)
    if (!parsed.ok) throw new Error(parsed.failure.message)
    return parsed.value.value
  }

  function endpointOf(codec: DialectCodec) {
    const [first] = codec.endpoints
    if (first === undefined) throw new Error('The dialect has no endpoints.')
    return first
  }
})

describe('createTranslatedStream', () => {
  /** Reads each frame as one delta and its end as whatever it is told. */
  const reader = (end: ReplyEvent[]): StreamReader => ({
    read: (frame: Frame) => [{ type: 'text-delta', block: 0, text: frame.data }],
    end: () => end,
    isTerminal: () => false,
  })
  const writer: StreamWriter = {
    write: (event) => (event.type === 'text-delta' ? `<${event.text}>` : `<${event.type}>`),
  }
  const frame = (data: string): Frame => ({ event: null, data })

  it('gives the text for the client and the events it was made of', () => {
    const end: ReplyEvent = { type: 'reply-end', finish: 'stop', stopSequence: null }
    const stream = createTranslatedStream(reader([end]), writer)
    expect(stream.push(frame('a'))).toEqual({
      text: '<a>',
      events: [{ type: 'text-delta', block: 0, text: 'a' }],
    })
    expect(stream.end()).toEqual({ text: '<reply-end>', events: [end] })
  })

  it('hands an error over without writing it', () => {
    const error: ReplyEvent = { type: 'reply-error', failure: failure('truncated', 'Cut.') }
    const stream = createTranslatedStream(reader([error]), writer)
    expect(stream.end()).toEqual({ text: '', events: [error] })
  })
})

describe('translateWhole', () => {
  it('carries a reply from one dialect to the other', () => {
    const body = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'On the Danube.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 4 },
    }
    const translated = translateWhole(anthropic, openai, body, replyContext)
    expect(translated).toMatchObject({
      body: {
        object: 'chat.completion',
        model: 'fast',
        choices: [{ message: { content: 'On the Danube.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 3, completion_tokens: 4 },
      },
    })
    expect('events' in translated && translated.events.at(-1)?.type).toBe('reply-end')
  })

  it('tells why there is no reply', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'Full.' } }
    expect(translateWhole(anthropic, openai, body, replyContext)).toMatchObject({
      class: 'overloaded',
      message: 'Full.',
    })
  })
})
