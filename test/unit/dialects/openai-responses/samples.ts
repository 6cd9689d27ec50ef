import { collectReply } from '../../../../src/core/collect-reply.ts'
import type { Conversation } from '../../../../src/core/conversation.ts'
import { type JsonObject, objectAt, parseJson } from '../../../../src/core/json.ts'
import type { Reply, ReplyEvent, ReplyPart } from '../../../../src/core/reply.ts'
import type { Frame, ReplyContext } from '../../../../src/dialects/dialect.ts'
import { openaiResponses } from '../../../../src/dialects/openai-responses/index.ts'
import { readSseBlock } from '../../../../src/dialects/sse.ts'

export function contextFor(requestBody: JsonObject = {}): ReplyContext {
  return {
    id: 'wb_1',
    model: 'fast',
    createdS: 1_800_000_000,
    includeUsage: true,
    framing: 'sse',
    requestBody,
  }
}

export const emptyConversation: Conversation = {
  messages: [],
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

export function framesOf(sse: string): Frame[] {
  return sse.split('\n\n').flatMap((block) => readSseBlock(block) ?? [])
}

/** Events of a stream given as wire text. */
export function eventsOf(sse: string): ReplyEvent[] {
  const reader = openaiResponses.streamReader('chat')
  return [...framesOf(sse).flatMap((frame) => reader.read(frame)), ...reader.end()]
}

/** The response object that ends a stream. */
export function finalResponse(sse: string): JsonObject {
  return objectAt(parseJson(framesOf(sse).at(-1)?.data ?? ''), 'response') ?? {}
}

export function collected(events: readonly ReplyEvent[]): Reply {
  const reply = collectReply(events)
  if ('class' in reply) throw new Error(`${reply.class}: ${reply.message}`)
  return reply
}

/** A stream's wire text; the type of each event becomes its `event:` line unless told not to. */
export function wire(events: readonly JsonObject[], named = true): string {
  return events
    .map((event) => {
      const name = named ? `event: ${String(event['type'])}\n` : ''
      return `${name}data: ${JSON.stringify(event)}\n\n`
    })
    .join('')
}

export function written(events: readonly ReplyEvent[], requestBody: JsonObject = {}): string {
  const writer = openaiResponses.streamWriter(contextFor(requestBody))
  return events.map((event) => writer.write(event)).join('')
}

/** The events a provider would stream for a reply, its texts cut in pieces of `size` characters. */
export function eventsOfReply(reply: Reply, size: number): ReplyEvent[] {
  return [
    { type: 'reply-start', id: reply.id, model: reply.model },
    ...reply.parts.flatMap((part, block) => eventsOfPart(part, block, size)),
    ...(reply.usage === null ? [] : [{ type: 'usage' as const, usage: reply.usage }]),
    { type: 'reply-end', finish: reply.finish, stopSequence: reply.stopSequence },
  ]
}

function eventsOfPart(part: ReplyPart, block: number, size: number): ReplyEvent[] {
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-start', block },
        ...pieces(part.text, size).map((text) => ({ type: 'text-delta' as const, block, text })),
        ...part.citations.map((link) => ({ type: 'citation' as const, block, ...link })),
        { type: 'text-end', block, signature: part.signature },
      ]
    case 'reasoning': {
      const { signature, redacted } = part
      return [
        { type: 'reasoning-start', block },
        ...pieces(part.text, size).map((text) => ({
          type: 'reasoning-delta' as const,
          block,
          text,
        })),
        { type: 'reasoning-end', block, signature, redacted },
      ]
    }
    case 'refusal':
      return pieces(part.text, size).map((text) => ({ type: 'refusal-delta', block, text }))
    case 'tool-call':
      return [
        { type: 'tool-call-start', block, id: part.id, name: part.name },
        ...pieces(part.input, size).map((input) => ({
          type: 'tool-call-delta' as const,
          block,
          input,
        })),
        { type: 'tool-call-end', block, signature: part.signature },
      ]
    case 'file':
      return [{ type: 'file', block, mediaType: part.mediaType, base64: part.base64 }]
  }
}

function pieces(text: string, size: number): string[] {
  const found: string[] = []
  for (let at = 0; at < text.length; at += size) found.push(text.slice(at, at + size))
  return found
}
