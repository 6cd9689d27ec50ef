import { collectReply } from '../../../../src/core/collect-reply.ts'
import type { Conversation } from '../../../../src/core/conversation.ts'
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts'
import type { Reply, ReplyEvent } from '../../../../src/core/reply.ts'
import type { ReplyContext } from '../../../../src/dialects/dialect.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'

/** A chunk with the given parts. */
export function chunk(parts: JsonValue[], rest: JsonObject = {}, top: JsonObject = {}): JsonObject {
  return { candidates: [{ content: { role: 'model', parts }, index: 0, ...rest }], ...top }
}

/** Events of a stream made of these chunks, the end included. */
export function readStream(chunks: readonly JsonValue[]): ReplyEvent[] {
  const reader = gemini.streamReader('chat')
  const events = chunks.flatMap((it) => reader.read({ event: null, data: JSON.stringify(it) }))
  return [...events, ...reader.end()]
}

export function collected(events: readonly ReplyEvent[]): Reply {
  const reply = collectReply(events)
  if ('class' in reply) throw new Error(`${reply.class}: ${reply.message}`)
  return reply
}

export function context(more: Partial<ReplyContext> = {}): ReplyContext {
  return {
    id: 'wb_1',
    model: 'fast',
    createdS: 1_790_000_000,
    includeUsage: true,
    framing: 'sse',
    requestBody: {},
    ...more,
  }
}

export function conversation(more: Partial<Conversation> = {}): Conversation {
  return {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
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
    ...more,
  }
}

/** The parsed conversation of a request body, or the message of the refusal as an error. */
export function parsed(body: JsonObject) {
  const outcome = gemini.parseRequest(body)
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

export function built(value: Conversation, model = 'gemini-2.5-flash', streaming = false) {
  const outcome = gemini.buildRequest(value, { model, streaming, quirks: {} })
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return { ...outcome.value.value, warnings: outcome.value.warnings }
}
