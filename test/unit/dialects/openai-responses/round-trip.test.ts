import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AssistantPart } from '../../../../src/core/conversation.ts'
import { arrayAt } from '../../../../src/core/json.ts'
import type { Reply, ReplyPart } from '../../../../src/core/reply.ts'
import { openaiResponses as codec } from '../../../../src/dialects/openai-responses/index.ts'
import * as arbitrary from './arbitraries.ts'
import {
  collected,
  contextFor,
  eventsOf,
  eventsOfReply,
  finalResponse,
  written,
} from './samples.ts'

const build = { model: 'm', streaming: false, quirks: {} }

describe('a request that is built and parsed again', () => {
  it('is the same conversation', () => {
    fc.assert(
      fc.property(arbitrary.conversation, (conversation) => {
        const built = codec.buildRequest(conversation, build)
        if (!built.ok) throw new Error(built.failure.message)
        expect(built.value.warnings).toEqual([])
        const parsed = codec.parseRequest(built.value.value.body)
        expect(parsed).toEqual({ ok: true, value: { value: conversation, warnings: [] } })
      }),
    )
  })
})

/** A reply as it comes back: a text's signature stands alone, the model has the client's name. */
function asShown(reply: Reply): Reply {
  const parts = reply.parts.flatMap((part): ReplyPart[] =>
    part.type === 'text' && part.signature !== null
      ? [
          { ...part, signature: null },
          { type: 'text', text: '', signature: part.signature, citations: [] },
        ]
      : [part],
  )
  return { ...reply, id: reply.id ?? 'wb_1', model: 'fast', parts }
}

describe('a reply that is written and read again', () => {
  it('is the same reply when whole', () => {
    fc.assert(
      fc.property(arbitrary.reply, (reply) => {
        const body = codec.writeReply(reply, contextFor())
        expect(collected(codec.readReply(body))).toEqual(asShown(reply))
        expect(collected(codec.readReply(JSON.parse(JSON.stringify(body))))).toEqual(asShown(reply))
      }),
    )
  })

  it('is the same reply when streamed', () => {
    fc.assert(
      fc.property(arbitrary.reply, fc.integer({ min: 1, max: 9 }), (reply, size) => {
        const sse = written(eventsOfReply(reply, size))
        expect(collected(eventsOf(sse))).toEqual(asShown(reply))
      }),
    )
  })

  it('ends its stream with the object of the whole reply', () => {
    fc.assert(
      fc.property(arbitrary.reply, (reply) => {
        const sse = written(eventsOfReply(reply, 5))
        expect(collected(codec.readReply(finalResponse(sse)))).toEqual(asShown(reply))
      }),
    )
  })

  it('gives its signatures back in the next request', () => {
    fc.assert(
      fc.property(arbitrary.reply, fc.boolean(), (reply, streamed) => {
        const sse = written(eventsOfReply(reply, 50))
        const body = streamed ? finalResponse(sse) : codec.writeReply(reply, contextFor())
        const parsed = codec.parseRequest({ model: 'm', input: arrayAt(body, 'output') })
        if (!parsed.ok) throw new Error(parsed.failure.message)
        const [message] = parsed.value.value.messages
        const parts = message?.role === 'assistant' ? message.content : []
        expect(parts.map(essence)).toEqual(reply.parts.filter(isCarried).map(essence))
      }),
    )
  })
})

/** Generated images are the provider's own; the next request goes without. */
const isCarried = (part: ReplyPart) => part.type !== 'file'

function essence(part: ReplyPart | AssistantPart) {
  if (part.type === 'tool-call') {
    return [part.type, part.id, part.name, part.input, part.signature ?? null]
  }
  if (part.type === 'file') return [part.type]
  return [part.type, part.text, part.type === 'refusal' ? null : (part.signature ?? null)]
}
