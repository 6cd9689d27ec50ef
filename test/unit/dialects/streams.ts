import { anthropic } from '../../../src/dialects/anthropic/index.ts'
import type { DialectCodec } from '../../../src/dialects/dialect.ts'
import { gemini } from '../../../src/dialects/gemini/index.ts'
import { createJsonArraySplitter } from '../../../src/dialects/json-array.ts'
import { openai } from '../../../src/dialects/openai/index.ts'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import { createSseSplitter, type FrameSplitter } from '../../../src/dialects/split-sse.ts'

/** A streamed reply that says "Grüße 🎉", uses 7 and 5 tokens and ends properly. */
export interface SampleStream {
  readonly name: string
  readonly codec: DialectCodec
  readonly splitter: () => FrameSplitter
  /** Its events, each with all of its bytes. */
  readonly events: readonly string[]
  /** An error event of its dialect. */
  readonly error: string
  readonly hasUsageChunk: boolean
}

const data = (value: object) => `data: ${JSON.stringify(value)}\n\n`
const named = (value: { type: string }) => `event: ${value.type}\n${data(value)}`

const chunk = (delta: object, finish: string | null = null) =>
  data({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })

export const usageChunk = data({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [],
  usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
})

export const chatStream: SampleStream = {
  name: 'openai',
  codec: openai,
  splitter: createSseSplitter,
  events: [
    ': keep-alive\n\n',
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Grüße' }),
    chunk({ content: ' 🎉' }),
    chunk({}, 'stop'),
    usageChunk,
    'data: [DONE]\n\n',
  ],
  error: data({ error: { message: 'Full.', type: 'overloaded_error', code: null } }),
  hasUsageChunk: true,
}

const responseOf = (status: string) => ({
  id: 'r1',
  object: 'response',
  status,
  model: 'm',
  output: [],
  usage: { input_tokens: 7, output_tokens: 5, total_tokens: 12 },
})
const item = { id: 'i1', type: 'message', role: 'assistant', status: 'completed', content: [] }
const place = { item_id: 'i1', output_index: 0, content_index: 0 }

const responsesStream: SampleStream = {
  name: 'openai-responses',
  codec: openaiResponses,
  splitter: createSseSplitter,
  events: [
    named({ type: 'response.created', ...{ response: responseOf('in_progress') } }),
    named({ type: 'response.output_item.added', ...{ output_index: 0, item } }),
    named({ type: 'response.output_text.delta', ...place, ...{ delta: 'Grüße' } }),
    named({ type: 'response.output_text.delta', ...place, ...{ delta: ' 🎉' } }),
    named({ type: 'response.output_text.done', ...place, ...{ text: 'Grüße 🎉' } }),
    named({ type: 'response.output_item.done', ...{ output_index: 0, item } }),
    named({ type: 'response.completed', ...{ response: responseOf('completed') } }),
  ],
  error: named({ type: 'error', ...{ code: 'server_error', message: 'Full.', param: null } }),
  hasUsageChunk: false,
}

const message = {
  id: 'm1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: null,
  usage: { input_tokens: 7, output_tokens: 1 },
}

const anthropicStream: SampleStream = {
  name: 'anthropic',
  codec: anthropic,
  splitter: createSseSplitter,
  events: [
    named({ type: 'message_start', ...{ message } }),
    named({
      type: 'content_block_start',
      ...{ index: 0, content_block: { type: 'text', text: '' } },
    }),
    named({ type: 'ping' }),
    named({
      type: 'content_block_delta',
      ...{ index: 0, delta: { type: 'text_delta', text: 'Grüße' } },
    }),
    named({
      type: 'content_block_delta',
      ...{ index: 0, delta: { type: 'text_delta', text: ' 🎉' } },
    }),
    named({ type: 'content_block_stop', ...{ index: 0 } }),
    named({
      type: 'message_delta',
      ...{ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
    }),
    named({ type: 'message_stop' }),
  ],
  error: named({ type: 'error', ...{ error: { type: 'overloaded_error', message: 'Full.' } } }),
  hasUsageChunk: false,
}

const candidate = (text: string, finishReason?: string) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, finishReason }],
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 },
  modelVersion: 'm',
  responseId: 'g1',
})
const geminiError = { error: { code: 503, message: 'Full.', status: 'UNAVAILABLE' } }

const geminiStream: SampleStream = {
  name: 'gemini',
  codec: gemini,
  splitter: createSseSplitter,
  events: [
    data(candidate('Grüße')).replaceAll('\n', '\r\n'),
    data(candidate(' 🎉', 'STOP')).replaceAll('\n', '\r\n'),
  ],
  error: data(geminiError),
  hasUsageChunk: false,
}

const geminiArray: SampleStream = {
  name: 'gemini as an array',
  codec: gemini,
  splitter: createJsonArraySplitter,
  events: [
    `[${JSON.stringify(candidate('Grüße'), null, 1)}`,
    `\n,\r\n${JSON.stringify(candidate(' 🎉', 'STOP'))}`,
    '\n]',
  ],
  error: `,\n${JSON.stringify(geminiError)}`,
  hasUsageChunk: false,
}

export const sampleStreams: readonly SampleStream[] = [
  chatStream,
  responsesStream,
  anthropicStream,
  geminiStream,
  geminiArray,
]
