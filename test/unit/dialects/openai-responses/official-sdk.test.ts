import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { failure } from '../../../../src/core/failure.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Reply } from '../../../../src/core/reply.ts'
import { openaiResponses as codec } from '../../../../src/dialects/openai-responses/index.ts'
import * as arbitrary from './arbitraries.ts'
import { contextFor, eventsOfReply, written } from './samples.ts'

/** The official SDK, answered with the given body instead of over the network. */
function clientFor(body: string, contentType: string, status = 200): OpenAI {
  return new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () => new Response(body, { status, headers: { 'content-type': contentType } }),
  })
}
const streaming = (sse: string) => clientFor(sse, 'text/event-stream')

const ask = { model: 'fast', input: 'Hello' }

/** What the SDK made of a reply. */
function seen(response: OpenAI.Responses.Response) {
  return {
    text: response.output_text,
    tools: response.output.flatMap((item) =>
      item.type === 'function_call' ? [[item.call_id, item.name, item.arguments]] : [],
    ),
    reasoning: response.output.flatMap((item) =>
      item.type === 'reasoning' ? item.summary.map(({ text }) => text) : [],
    ),
    refusals: response.output.flatMap((item) =>
      item.type === 'message'
        ? item.content.flatMap((part) => (part.type === 'refusal' ? part.refusal : []))
        : [],
    ),
    tokens: [response.usage?.input_tokens, response.usage?.output_tokens],
    status: response.status,
  }
}

function expected({ parts, usage, finish }: Reply): ReturnType<typeof seen> {
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    tools: parts.flatMap((part) =>
      part.type === 'tool-call' ? [[part.id, part.name, part.input]] : [],
    ),
    reasoning: parts.flatMap((part) =>
      part.type === 'reasoning' && part.text !== '' ? part.text : [],
    ),
    refusals: parts.flatMap((part) => (part.type === 'refusal' ? part.text : [])),
    tokens: [usage?.inputTokens, usage?.outputTokens],
    status: finish === 'length' || finish === 'content-filter' ? 'incomplete' : 'completed',
  }
}

describe('the official SDK', () => {
  it('adds a stream up to the reply, event by event', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.reply, fc.integer({ min: 1, max: 9 }), async (reply, size) => {
        const sse = written(eventsOfReply(reply, size))
        const final = await streaming(sse).responses.stream(ask).finalResponse()
        expect(seen(final)).toEqual(expected(reply))
        const cut = sse.slice(0, sse.lastIndexOf('event: '))
        const summed = await streaming(cut).responses.stream(ask).finalResponse()
        expect({ ...seen(summed), status: null, tokens: null }).toEqual({
          ...expected(reply),
          status: null,
          tokens: null,
        })
      }),
      { numRuns: 40 },
    )
  })

  it('reads a whole reply', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.reply, async (reply) => {
        const body = JSON.stringify(codec.writeReply(reply, contextFor()))
        const response = await clientFor(body, 'application/json').responses.create(ask)
        expect(seen(response)).toEqual(expected(reply))
      }),
      { numRuns: 40 },
    )
  })

  it('gets events numbered in order, with items named throughout', async () => {
    const sse = written(
      eventsOfReply(
        {
          id: 'r',
          model: null,
          parts: [
            { type: 'reasoning', text: 'think', signature: null, redacted: false },
            { type: 'text', text: 'hello', signature: null, citations: [] },
            { type: 'tool-call', id: 'c1', name: 'f', input: '{}', signature: null },
          ],
          finish: 'tool-calls',
          stopSequence: null,
          usage: null,
        },
        5,
      ),
    )
    const events: JsonObject[] = []
    const stream = await streaming(sse).responses.create({ ...ask, stream: true })
    for await (const event of stream) events.push(JSON.parse(JSON.stringify(event)))
    expect(events.map((event) => event['sequence_number'])).toEqual([...events.keys()])
    expect(events.map((event) => event['type'])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ])
    const named = events.flatMap((event) => event['item_id'] ?? [])
    expect(new Set(named)).toEqual(new Set(['rs_wb_1_0', 'msg_wb_1_1', 'fc_wb_1_2']))
  })

  it('throws on an error in the stream, never takes it for an end', async () => {
    const begun = written([
      { type: 'reply-start', id: null, model: null },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'Hel' },
    ])
    const cut = failure('truncated', 'The provider ended the stream early.')
    const sse = begun + codec.writeStreamError(cut, 'wb_1', 'sse')
    await expect(streaming(sse).responses.stream(ask).finalResponse()).rejects.toThrow(
      'The provider ended the stream early.',
    )
    const collect = async () => {
      const stream = await streaming(sse).responses.create({ ...ask, stream: true })
      const types: string[] = []
      for await (const event of stream) types.push(event.type)
      return types
    }
    await expect(collect()).rejects.toMatchObject({ code: 'truncated' })
  })

  it('understands our error answers', async () => {
    const body = JSON.stringify(codec.writeError(failure('model_not_found', 'No such model.'), 'w'))
    const client = clientFor(body, 'application/json', 404)
    await expect(client.responses.create(ask)).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: '404 No such model.',
    })
  })

  it('counts tokens with our answer', async () => {
    const body = JSON.stringify(codec.writeTokenCount?.(42))
    const counted = await clientFor(body, 'application/json').responses.inputTokens.count(ask)
    expect(counted).toEqual({ object: 'response.input_tokens', input_tokens: 42 })
  })
})
