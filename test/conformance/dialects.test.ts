import { describe, expect, it } from 'vitest'
import { signatureOf } from '../../src/adapters/language-models/provider-metadata.ts'
import { collectReply } from '../../src/core/collect-reply.ts'
import type { Conversation, Signature } from '../../src/core/conversation.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Reply } from '../../src/core/reply.ts'
import type { DialectCodec } from '../../src/dialects/dialect.ts'
import {
  createTranslatedStream,
  translateRequest,
  translateWhole,
} from '../../src/dialects/translate.ts'
import { conversations, nativeSignature, signedHistory } from './dialects/conversations.ts'
import { assembled, nextRequest } from './dialects/echo.ts'
import { essenceOfConversation, essenceOfReply, felt, keptBy } from './dialects/essence.ts'
import { call, reasoning, replies } from './dialects/replies.ts'
import {
  codecs,
  eventsOf,
  framesOf,
  models,
  pairs,
  readFrames,
  replyContext,
  streamedThrough,
  wholeThrough,
  writeStream,
} from './dialects/wire.ts'

const named = codecs.map((codec) => [codec.name, codec] as const)

const buildContext = (codec: DialectCodec) => ({
  model: models[codec.name],
  streaming: false,
  quirks: {},
})

/** As it comes out of a socket: no member is undefined. */
const overTheWire = (body: JsonObject): JsonObject => JSON.parse(JSON.stringify(body))

function build(codec: DialectCodec, conversation: Conversation) {
  const built = codec.buildRequest(conversation, buildContext(codec))
  if (!built.ok) throw new Error(built.failure.message)
  return { body: overTheWire(built.value.value.body), warnings: built.value.warnings }
}

function parse(codec: DialectCodec, body: JsonObject): Conversation {
  const parsed = codec.parseRequest(body)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return parsed.value.value
}

function translate(from: DialectCodec, to: DialectCodec, body: JsonObject): JsonObject {
  const translated = translateRequest(from, to, body, buildContext(to))
  if (!translated.ok) throw new Error(translated.failure.message)
  return overTheWire(translated.value.value.body)
}

const cases = Object.entries(conversations)
const replyCases = Object.entries(replies)

describe.each(named)('requests of %s', (name, codec) => {
  it.each(cases)('are read as they were written: %s', (_case, conversation) => {
    const keeps = keptBy(name)
    const read = parse(codec, build(codec, conversation).body)
    expect(essenceOfConversation(read, keeps)).toEqual(essenceOfConversation(conversation, keeps))
  })

  it.each(cases)('tell what they could not carry: %s', (_case, conversation) => {
    const { body, warnings } = build(codec, conversation)
    const asked = essenceOfConversation(conversation, felt)
    const read = essenceOfConversation(parse(codec, body), felt)
    if (warnings.length === 0) expect(read).toEqual(asked)
  })

  it('give the reasoning of their own provider back to it, signature and all', () => {
    const history = signedHistory(name)
    const read = parse(codec, build(codec, history).body)
    const keeps = keptBy(name)
    expect(essenceOfConversation(read, keeps)).toEqual(essenceOfConversation(history, keeps))
  })

  it.each(named.filter(([other]) => other !== name))('never hold the signature of %s', (other) => {
    const { body } = build(codec, signedHistory(other))
    const { value } = nativeSignature(other)
    const needle = other === 'openai' ? 'c2lnbmVk' : value
    expect(JSON.stringify(body)).not.toContain(needle)
  })
})

describe.each(pairs)('requests from %s to %s and back', (fromName, toName, from, to) => {
  it.each(cases)('keep their meaning: %s', (_case, conversation) => {
    const keeps = keptBy(fromName, toName)
    const first = build(from, conversation).body
    const back = translate(to, from, translate(from, to, first))
    expect(essenceOfConversation(parse(from, back), keeps)).toEqual(
      essenceOfConversation(conversation, keeps),
    )
  })
})

describe.each(named)('replies of %s', (name, codec) => {
  it.each(replyCases)('are read as they were written, whole: %s', (_case, reply) => {
    expect(essenceOfReply(wholeThrough(codec, reply), name)).toEqual(essenceOfReply(reply, name))
  })

  it.each(replyCases)('are read as they were written, streamed: %s', (_case, reply) => {
    expect(essenceOfReply(streamedThrough(codec, reply), name)).toEqual(essenceOfReply(reply, name))
  })

  it.each(replyCases)('never look complete when they are cut: %s', (_case, reply) => {
    const frames = framesOf(writeStream(codec, eventsOf(reply)))
    const whole = essenceOfReply(collectReply(readFrames(codec, frames)), name)
    for (let cut = 0; cut < frames.length; cut++) {
      const read = collectReply(readFrames(codec, frames.slice(0, cut)))
      if ('class' in read) expect(read.class).toBe('truncated')
      else expect(withoutUsage(essenceOfReply(read, name))).toEqual(withoutUsage(whole))
    }
  })

  it('never look complete when an error ends them', () => {
    const events = eventsOf(signedReply(nativeSignature(name), false))
    const failure = { ...failureOf(codec), retry: 'other' } as const
    for (let cut = 0; cut < events.length - 1; cut++) {
      const wire = writeStream(codec, events.slice(0, cut))
      const error = codec.writeStreamError(failure, replyContext.id, 'sse')
      const read = collectReply(readFrames(codec, framesOf(wire + error)))
      expect(read).toHaveProperty('class')
    }
  })
})

const sdk = '@example/lamp'
const sdkSignature = signatureOf({ lamp: { signature: 'c2lnbmVk' } }, sdk)

/** Who signs what, and whether it signs tool calls too. */
const makers: readonly (readonly [string, Signature | null, boolean])[] = [
  ...named.map(([name]) => [name, nativeSignature(name), name === 'gemini'] as const),
  ['an AI SDK package', sdkSignature, true],
]

describe.each(named)('clients of %s', (name, codec) => {
  describe.each(makers)('give back to %s', (_maker, signature, signsCalls) => {
    const reply = signedReply(signature, signsCalls)
    const expected = {
      thought: [{ text: 'I must look.', signature }],
      called: [{ name: 'weather', signature: signsCalls ? signature : null }],
    }

    it('what it signed, from a whole reply', () => {
      const body = overTheWire(codec.writeReply(reply, replyContext))
      expect(signedParts(codec, nextRequest(name, body))).toEqual(expected)
    })

    it('what it signed, from a stream', () => {
      const frames = framesOf(writeStream(codec, eventsOf(reply)))
      expect(signedParts(codec, nextRequest(name, assembled(name, frames)))).toEqual(expected)
    })
  })
})

describe('providers', () => {
  it.each(named)('of %s are never sent what an AI SDK package signed', (name, codec) => {
    const history = signedHistory(name, sdkSignature)
    expect(JSON.stringify(build(codec, history).body)).not.toContain('c2lnbmVk')
  })
})

describe.each(pairs)('replies from %s to %s and back', (fromName, toName, from, to) => {
  it.each(replyCases)('keep their meaning, whole: %s', (_case, reply) => {
    const first = overTheWire(from.writeReply(reply, replyContext))
    const there = translateWhole(from, to, first, replyContext)
    if ('class' in there) throw new Error(there.message)
    const back = translateWhole(to, from, overTheWire(there.body), replyContext)
    if ('class' in back) throw new Error(back.message)
    const read = collectReply(from.readReply(overTheWire(back.body)))
    expect(essenceOfReply(read, fromName, toName)).toEqual(essenceOfReply(reply, fromName, toName))
  })

  it.each(replyCases)('keep their meaning, streamed: %s', (_case, reply) => {
    const first = writeStream(from, eventsOf(reply))
    const back = translateStream(to, from, translateStream(from, to, first))
    const read = collectReply(readFrames(from, framesOf(back)))
    expect(essenceOfReply(read, fromName, toName)).toEqual(essenceOfReply(reply, fromName, toName))
  })

  it.each(replyCases)('never look complete when they are cut: %s', (_case, reply) => {
    const frames = framesOf(writeStream(from, eventsOf(reply)))
    const whole = essenceOfReply(collectReply(readFrames(from, frames)), fromName, toName)
    for (let cut = 0; cut < frames.length; cut++) {
      const stream = createTranslatedStream(
        from.streamReader('chat'),
        to.streamWriter(replyContext),
      )
      const pieces = [...frames.slice(0, cut).map((frame) => stream.push(frame)), stream.end()]
      const errors = pieces
        .flatMap(({ events }) => events)
        .filter(({ type }) => type === 'reply-error')
      const text = pieces.map((piece) => piece.text).join('')
      const read = essenceOfReply(collectReply(readFrames(to, framesOf(text))), fromName, toName)
      if (errors.length > 0) expect(read).toMatchObject({ failure: 'truncated' })
      else expect(withoutUsage(read)).toEqual(withoutUsage(whole))
    }
  })
})

/** Reasoning that its maker signed, text, and a tool call that it may have signed as well. */
function signedReply(signature: Signature | null, signsCall: boolean): Reply {
  return {
    id: 'reply_1',
    model: 'some-model',
    parts: [
      reasoning('I must look.', signature),
      { type: 'text', text: 'I look.', signature: null, citations: [] },
      call('call_a', 'weather', '{"town":"Ulm"}', signsCall ? signature : null),
    ],
    finish: 'tool-calls',
    stopSequence: null,
    usage: null,
  }
}

/** What the assistant of a request has thought and called, with its proofs. */
function signedParts(codec: DialectCodec, request: JsonObject): object {
  const parts = parse(codec, request).messages.flatMap((message) =>
    message.role === 'assistant' ? message.content : [],
  )
  return {
    thought: parts
      .filter((part) => part.type === 'reasoning')
      .map(({ text, signature }) => ({ text, signature })),
    called: parts
      .filter((part) => part.type === 'tool-call')
      .map(({ name, signature }) => ({ name, signature: signature ?? null })),
  }
}

function failureOf(codec: DialectCodec) {
  return codec.classifyFailure({
    status: 503,
    headers: {},
    body: '{"error":{"message":"The service is down."}}',
    nowMs: 0,
  })
}

function translateStream(from: DialectCodec, to: DialectCodec, wire: string): string {
  const stream = createTranslatedStream(from.streamReader('chat'), to.streamWriter(replyContext))
  const pieces = [...framesOf(wire).map((frame) => stream.push(frame)), stream.end()]
  return pieces.map((piece) => piece.text).join('')
}

/** Usage may come after everything else, so a cut may lose it without harm. */
function withoutUsage(essence: object): object {
  return { ...essence, usage: null }
}
