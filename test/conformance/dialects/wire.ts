import { collectReply } from '../../../src/core/collect-reply.ts'
import type { Failure } from '../../../src/core/failure.ts'
import type { Reply, ReplyEvent } from '../../../src/core/reply.ts'
import { anthropic } from '../../../src/dialects/anthropic/index.ts'
import type { DialectCodec, Frame, ReplyContext } from '../../../src/dialects/dialect.ts'
import { gemini } from '../../../src/dialects/gemini/index.ts'
import { openai } from '../../../src/dialects/openai/index.ts'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import { createSseSplitter } from '../../../src/dialects/split-sse.ts'

export const codecs: readonly DialectCodec[] = [openai, openaiResponses, anthropic, gemini]

export const pairs = codecs.flatMap((from) =>
  codecs.filter((to) => to !== from).map((to) => [from.name, to.name, from, to] as const),
)

/** A model per dialect that takes as much of a request as any. */
export const models = {
  openai: 'qwen3-235b-a22b',
  'openai-responses': 'qwen3-235b-a22b',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
} as const

export const replyContext: ReplyContext = {
  id: 'wb_1',
  model: 'some-model',
  createdS: 1_700_000_000,
  includeUsage: true,
  framing: 'sse',
  requestBody: {},
}

/** The events a reader would have made of a reply, with text in pieces as models write it. */
export function eventsOf(reply: Reply): ReplyEvent[] {
  const events: ReplyEvent[] = [{ type: 'reply-start', id: reply.id, model: reply.model }]
  reply.parts.forEach((part, block) => {
    switch (part.type) {
      case 'text':
        events.push({ type: 'text-start', block })
        for (const piece of pieces(part.text))
          events.push({ type: 'text-delta', block, text: piece })
        events.push({ type: 'text-end', block, signature: part.signature })
        break
      case 'reasoning':
        events.push({ type: 'reasoning-start', block })
        for (const piece of pieces(part.text)) {
          events.push({ type: 'reasoning-delta', block, text: piece })
        }
        events.push({
          type: 'reasoning-end',
          block,
          signature: part.signature,
          redacted: part.redacted,
        })
        break
      case 'refusal':
        for (const piece of pieces(part.text)) {
          events.push({ type: 'refusal-delta', block, text: piece })
        }
        break
      case 'tool-call':
        events.push({ type: 'tool-call-start', block, id: part.id, name: part.name })
        for (const piece of pieces(part.input)) {
          events.push({ type: 'tool-call-delta', block, input: piece })
        }
        events.push({ type: 'tool-call-end', block, signature: part.signature })
        break
      case 'file':
        events.push({ type: 'file', block, mediaType: part.mediaType, base64: part.base64 })
    }
  })
  if (reply.usage !== null) events.push({ type: 'usage', usage: reply.usage })
  events.push({ type: 'reply-end', finish: reply.finish, stopSequence: reply.stopSequence })
  return events
}

/** Three pieces, cut between characters. */
function pieces(text: string): string[] {
  const characters = [...text]
  const third = Math.ceil(characters.length / 3)
  return [0, 1, 2]
    .map((at) => characters.slice(at * third, (at + 1) * third).join(''))
    .filter((piece) => piece !== '')
}

export function writeStream(codec: DialectCodec, events: readonly ReplyEvent[]): string {
  const writer = codec.streamWriter(replyContext)
  return events.map((event) => writer.write(event)).join('')
}

/** The events of a stream in wire form, keep-alives left out. */
export function framesOf(wire: string): Frame[] {
  const frames: Frame[] = []
  const splitter = createSseSplitter()
  const keep = (_raw: Uint8Array, frame: Frame | null) => {
    if (frame !== null) frames.push(frame)
  }
  splitter.push(new TextEncoder().encode(wire), keep)
  splitter.end(keep)
  return frames
}

export function readFrames(codec: DialectCodec, frames: readonly Frame[]): ReplyEvent[] {
  const reader = codec.streamReader('chat')
  return [...frames.flatMap((frame) => reader.read(frame)), ...reader.end()]
}

/** A reply through a stream of one dialect. */
export function streamedThrough(codec: DialectCodec, reply: Reply): Reply | Failure {
  return collectReply(readFrames(codec, framesOf(writeStream(codec, eventsOf(reply)))))
}

/** A reply through a whole body of one dialect. */
export function wholeThrough(codec: DialectCodec, reply: Reply): Reply | Failure {
  const body = codec.writeReply(reply, replyContext)
  return collectReply(codec.readReply(JSON.parse(JSON.stringify(body))))
}
