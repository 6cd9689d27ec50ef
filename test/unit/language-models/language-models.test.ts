import {
  APICallError,
  JSONParseError,
  LoadAPIKeyError,
  NoSuchModelError,
  TypeValidationError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider'
import { describe, expect, it } from 'vitest'
import { createLanguageModels } from '../../../src/adapters/language-models/language-models.ts'
import type { ReplyEvent } from '../../../src/core/reply.ts'
import type { LanguageModelObserver } from '../../../src/gateway/ports.ts'
import {
  callOf,
  classify,
  emptyConversation,
  fakePackage,
  finish,
  hear,
  type Script,
  sdk,
} from './fake-model.ts'

const run = (script: Script, change = {}, version = 'v4') => {
  const models = createLanguageModels({ classify, ...fakePackage(script, version) })
  return hear(models, callOf(change))
}

const hello = [
  { type: 'stream-start', warnings: [] },
  { type: 'text-delta', id: '0', delta: 'Hi' },
  { type: 'text-end', id: '0' },
]

describe('a call', () => {
  it('asks the model with the key, the options and a fetch of our own', async () => {
    const lamp = fakePackage({ parts: [...hello, finish('stop')] })
    const models = createLanguageModels({ classify, ...lamp })
    const options = { region: 'cave' }
    await hear(models, callOf({ options }))
    await hear(models, callOf({ options }))
    await hear(models, callOf({ options, apiKey: null }))
    expect(lamp.asked.map(({ modelId }) => modelId)).toEqual(['lamp-1', 'lamp-1', 'lamp-1'])
    expect(lamp.made).toMatchObject([
      { apiKey: 'key-of-the-lamp', region: 'cave' },
      { region: 'cave' },
    ])
    expect(lamp.made[1]).not.toHaveProperty('apiKey')
    expect(typeof lamp.made[0]?.['fetch']).toBe('function')
  })

  it.each(['v2', 'v3', 'v4', 'v5'])('speaks with models of specification %s', async (version) => {
    const { failure, events } = await run({ parts: [...hello, finish('stop')] }, {}, version)
    expect(failure).toBeNull()
    expect(events.at(-1)).toMatchObject({ type: 'reply-end' })
  })

  it('refuses a model of AI SDK 4 and says what to install', async () => {
    const { failure } = await run({ parts: [] }, {}, 'v1')
    expect(failure?.message).toContain(`npm install ${sdk}@latest`)
    expect(failure).toMatchObject({ class: 'internal', retry: 'other' })
  })

  it('tells our warnings and those of the package', async () => {
    const parts = [
      {
        type: 'stream-start',
        warnings: [
          { type: 'unsupported', feature: 'topK', details: 'no such knob' },
          { type: 'unsupported-setting', setting: 'seed' },
          { type: 'compatibility', feature: 'JSON' },
          { type: 'other', message: 'Be kind.' },
          { type: 'other', message: 'Be kind.' },
          { nonsense: true },
        ],
      },
      finish('stop'),
    ]
    const { warnings } = await run(
      { parts },
      { conversation: { ...emptyConversation, user: 'ann' } },
    )
    expect(warnings).toEqual([
      'The name of the end user was left out: the AI SDK has no such option.',
      `${sdk} does not support topK: no such knob`,
      `${sdk} does not support seed.`,
      `${sdk} only imitates JSON.`,
      `${sdk}: Be kind.`,
    ])
  })

  it('fails in words for the user when no package can take the conversation', async () => {
    const source = { kind: 'id', id: 'file_1', dialect: 'openai' } as const
    const part = { type: 'file', mediaType: 'image/png', source, filename: null } as const
    const messages = [{ role: 'user', content: [part] }] as const
    const { failure } = await run({}, { conversation: { ...emptyConversation, messages } })
    expect(failure).toMatchObject({ class: 'invalid_request', retry: 'other' })
    expect(failure?.message).toContain('base64')
  })
})

describe('a reply without a proper end', () => {
  it.each([
    ['a stream that stops', hello, 'truncated'],
    ['an interrupted stream', [...hello, finish('interrupted', undefined)], 'truncated'],
    ['a finish that is an error', [...hello, finish('error')], 'server_error'],
    ['an error part', [...hello, { type: 'error', error: new Error('terminated') }], 'truncated'],
    ['an error part that is text', [...hello, { type: 'error', error: 'oops' }], 'server_error'],
    [
      'a broken event',
      [...hello, { type: 'error', error: new JSONParseError({ text: '{', cause: null }) }],
      'malformed_reply',
    ],
  ])('%s fails and is never an end', async (_name, parts, expected) => {
    const { events, failure } = await run({ parts })
    expect(failure?.class).toBe(expected)
    expect(events.map((event) => event.type)).not.toContain('reply-end')
  })

  it('reads on after an event of unknown shape, if the reply then comes to its end', async () => {
    const unknown = new TypeValidationError({ value: { novel: 1 }, cause: null })
    const odd = { type: 'error', error: unknown }
    const { events, warnings, failure } = await run({ parts: [...hello, odd, odd, finish('stop')] })
    expect(failure).toBeNull()
    expect(events.at(-1)).toMatchObject({ type: 'reply-end', finish: 'stop' })
    expect(warnings).toEqual([`${sdk} could not read an event of the reply: left out.`])

    const spoilt = await run({ parts: [...hello, odd, finish('error')] })
    expect(spoilt.failure?.class).toBe('malformed_reply')
    const cut = await run({ parts: [...hello, odd] })
    expect(cut.failure?.class).toBe('truncated')
  })

  it('reads the status that an error event stands for', async () => {
    const error = { message: 'Slow down', type: 'throttlingException', statusCode: 429, data: {} }
    const { failure } = await run({ parts: [...hello, { type: 'error', error }] })
    expect(failure).toMatchObject({ class: 'provider_rate_limited', upstreamStatus: 429 })
    expect(failure?.message).toContain('Slow down')
  })

  it('fails when a whole reply is none', async () => {
    const { failure } = await run({ result: {}, thrown: undefined }, { streaming: false })
    expect(failure).toBeNull()
    const models = createLanguageModels({
      classify,
      importPackage: async () => ({
        createLamp: () => () => ({
          specificationVersion: 'v4',
          doGenerate: async () => null,
          doStream: async () => ({}),
        }),
      }),
    })
    for (const streaming of [true, false]) {
      const heard = await hear(models, callOf({ streaming }))
      expect(heard.failure?.class).toBe('malformed_reply')
    }
  })
})

describe('errors', () => {
  const apiError = (details: Partial<ConstructorParameters<typeof APICallError>[0]>) =>
    new APICallError({
      message: 'Bad',
      url: 'https://x.example',
      requestBodyValues: {},
      ...details,
    })
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const reset = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
  const slow = Object.assign(new Error('slow'), { code: 'UND_ERR_CONNECT_TIMEOUT' })

  it.each([
    ['no connection', apiError({ cause: refused }), 'unreachable'],
    ['no connection in time', apiError({ cause: slow }), 'timeout'],
    ['a reset amid the reply', apiError({ statusCode: 200, cause: reset }), 'truncated'],
    [
      'a reply of the wrong shape',
      apiError({ statusCode: 200, cause: new TypeValidationError({ value: 1, cause: null }) }),
      'malformed_reply',
    ],
    ['a network error of its own', refused, 'unreachable'],
    ['no key', new LoadAPIKeyError({ message: 'key missing' }), 'provider_auth'],
    [
      'no credentials',
      new Error('AWS SigV4 authentication requires AWS credentials.'),
      'provider_auth',
    ],
    [
      'no model',
      new NoSuchModelError({ modelId: 'x', modelType: 'languageModel' }),
      'model_not_found',
    ],
    [
      'what it cannot do',
      new UnsupportedFunctionalityError({ functionality: 'x' }),
      'invalid_request',
    ],
    ['a bug', new TypeError('x is not a function'), 'internal'],
    ['no error at all', 'boom', 'server_error'],
  ])('reads %s', async (_name, thrown, expected) => {
    const { failure } = await run({ thrown })
    expect(failure?.class).toBe(expected)
    expect(failure?.retry).not.toBe('never')
  })

  it('reads an error answer by status, headers and body', async () => {
    const thrown = apiError({
      statusCode: 429,
      responseHeaders: { 'Retry-After': '2' },
      responseBody: '{"message":"slow down"}',
    })
    const { failure } = await run({ thrown })
    expect(failure).toMatchObject({
      class: 'provider_rate_limited',
      upstreamStatus: 429,
      retryAfterMs: 2000,
      message: '{"message":"slow down"}',
    })
  })

  it('never shows a secret of the call', async () => {
    const thrown = new LoadAPIKeyError({ message: 'bad key-of-the-lamp or open-sesame in cave' })
    const options = { region: 'cave', headers: { Authorization: 'open-sesame' } }
    const { failure } = await run({ thrown }, { options })
    expect(failure?.message).toBe(`${sdk}: bad [secret] or [secret] in cave`)
  })
})

describe('control', () => {
  /** A stream that is fed by hand and counts how often it was asked for more. */
  function fed() {
    let controller: ReadableStreamDefaultController | null = null
    const told = { pulls: 0, cancelled: false }
    const stream = new ReadableStream(
      {
        start: (given) => {
          controller = given
        },
        pull: () => {
          told.pulls++
        },
        cancel: () => {
          told.cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    return { stream, told, say: (part: unknown) => controller?.enqueue(part) }
  }

  const settled = () => new Promise((resolve) => setTimeout(resolve, 5))
  const delta = (text: string) => ({ type: 'text-delta', id: '0', delta: text })

  function start(script: Script) {
    const events: ReplyEvent[] = []
    const ends: string[] = []
    const lamp = fakePackage(script)
    const observer: LanguageModelObserver = {
      events: (some) => events.push(...some),
      warnings: () => undefined,
      ended: () => ends.push('ended'),
      failed: (problem) => ends.push(problem.class),
    }
    const exchange = createLanguageModels({ classify, ...lamp }).start(callOf(), observer)
    return { exchange, events, ends, lamp }
  }

  it('stops pulling while paused and goes on after', async () => {
    const { stream, told, say } = fed()
    const { exchange, events, ends } = start({ stream })
    await settled()
    exchange.pause()
    say(delta('a'))
    await settled()
    const pulls = told.pulls
    say(delta('b'))
    await settled()
    expect(events).toEqual([])
    expect(told.pulls).toBe(pulls)
    exchange.resume()
    exchange.pause()
    await settled()
    expect(events).toEqual([])
    exchange.resume()
    say(finish('stop'))
    await settled()
    expect(events.map((event) => event.type)).toContain('reply-end')
    expect(ends).toEqual(['ended'])
    expect(told.cancelled).toBe(true)
  })

  it('goes silent at abort, tells the package and lets go of the stream', async () => {
    const { stream, told, say } = fed()
    const { exchange, events, ends, lamp } = start({ stream })
    say(delta('a'))
    await settled()
    const heard = events.length
    exchange.abort()
    await settled()
    expect(events).toHaveLength(heard)
    expect(ends).toEqual([])
    expect(lamp.asked[0]?.options.abortSignal?.aborted).toBe(true)
    expect(told.cancelled).toBe(true)
  })

  it('wakes up from a pause to be aborted, and never asks when aborted at once', async () => {
    const { stream, told, say } = fed()
    const paused = start({ stream })
    await settled()
    paused.exchange.pause()
    say(delta('a'))
    await settled()
    paused.exchange.abort()
    await settled()
    expect(told.cancelled).toBe(true)
    expect(paused.ends).toEqual([])

    const early = start({ parts: [] })
    early.exchange.abort()
    await settled()
    expect(early.lamp.asked).toEqual([])
    expect(early.ends).toEqual([])
  })
})
