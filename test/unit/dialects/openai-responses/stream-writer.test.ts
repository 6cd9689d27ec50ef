import { describe, expect, it } from 'vitest'
import { failure } from '../../../../src/core/failure.ts'
import { arrayAt, objectAt, parseJson, stringAt } from '../../../../src/core/json.ts'
import type { ReplyEvent } from '../../../../src/core/reply.ts'
import { openaiResponses as codec } from '../../../../src/dialects/openai-responses/index.ts'
import { contextFor, finalResponse, framesOf, written } from './samples.ts'

const end: ReplyEvent = { type: 'reply-end', finish: 'stop', stopSequence: null }
const start: ReplyEvent = { type: 'reply-start', id: 'r1', model: 'm' }
const call = (block: number, id: string, name: string, input: string): ReplyEvent[] => [
  { type: 'tool-call-start', block, id, name },
  { type: 'tool-call-delta', block, input },
  { type: 'tool-call-end', block, signature: null },
]

describe('a written stream', () => {
  it('keeps blocks apart that are open at the same time', () => {
    const sse = written([
      start,
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'th' },
      { type: 'text-start', block: 1 },
      { type: 'text-delta', block: 1, text: 'he' },
      { type: 'reasoning-delta', block: 0, text: 'ink' },
      { type: 'tool-call-start', block: 2, id: 'c', name: 'f' },
      { type: 'text-delta', block: 1, text: 'llo' },
      { type: 'tool-call-delta', block: 2, input: '{}' },
      { type: 'reasoning-end', block: 0, signature: null, redacted: false },
      { type: 'tool-call-end', block: 2, signature: null },
      { type: 'text-end', block: 1, signature: null },
      end,
    ])
    expect(arrayAt(finalResponse(sse), 'output')).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'think' }] },
      { type: 'message', content: [{ text: 'hello' }] },
      { type: 'function_call', arguments: '{}' },
    ])
  })

  it('puts neighbouring texts into one message and leaves out empty ones', () => {
    const sse = written([
      start,
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'a' },
      { type: 'text-end', block: 0, signature: null },
      { type: 'text-start', block: 1 },
      { type: 'text-end', block: 1, signature: null },
      { type: 'text-start', block: 2 },
      { type: 'text-delta', block: 2, text: 'b' },
      { type: 'citation', block: 2, url: 'https://a.test', title: null },
      { type: 'text-end', block: 2, signature: null },
      end,
    ])
    expect(arrayAt(finalResponse(sse), 'output')).toMatchObject([
      {
        id: 'msg_wb_1_0',
        status: 'completed',
        content: [
          { text: 'a', annotations: [] },
          { text: 'b', annotations: [{ type: 'url_citation', title: '', end_index: 1 }] },
        ],
      },
    ])
  })

  it('repeats what the client asked', () => {
    const asked = {
      model: 'fast',
      instructions: 'Be brief.',
      temperature: 0.5,
      tools: [{ type: 'function', name: 'f' }],
      metadata: { a: 'b' },
      reasoning: { effort: 'low' },
      text: { verbosity: 'low' },
    }
    const sse = written([start, end], asked)
    const created = objectAt(parseJson(framesOf(sse)[0]?.data ?? ''), 'response')
    for (const response of [created, finalResponse(sse)]) {
      expect(response).toMatchObject({
        id: 'r1',
        object: 'response',
        created_at: 1_800_000_000,
        model: 'fast',
        instructions: 'Be brief.',
        temperature: 0.5,
        top_p: 1,
        tool_choice: 'auto',
        parallel_tool_calls: true,
        truncation: 'disabled',
        tools: asked.tools,
        metadata: { a: 'b' },
        reasoning: { effort: 'low', summary: null },
        text: { format: { type: 'text' }, verbosity: 'low' },
        store: false,
      })
    }
  })

  it('says why it is incomplete', () => {
    const cut = (finish: 'length' | 'content-filter' | 'refusal') =>
      written([
        start,
        { type: 'text-start', block: 0 },
        { type: 'text-delta', block: 0, text: 'a' },
        { type: 'reply-end', finish, stopSequence: null },
      ])
    expect(framesOf(cut('length')).at(-1)?.event).toBe('response.incomplete')
    expect(finalResponse(cut('length'))).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
    })
    for (const finish of ['content-filter', 'refusal'] as const) {
      expect(finalResponse(cut(finish))).toMatchObject({
        incomplete_details: { reason: 'content_filter' },
      })
    }
  })

  it('writes calls of custom tools as free text, and of namespaces with their namespace', () => {
    const tools = [
      { type: 'custom', name: 'apply_patch' },
      { type: 'namespace', name: 'files', tools: [{ type: 'function', name: 'read' }] },
    ]
    const patch = '*** Begin Patch\n"quoted"'
    const events = [
      start,
      ...call(0, 'c1', 'apply_patch', JSON.stringify({ input: patch })),
      ...call(1, 'c2', 'files__read', '{"path":"a"}'),
      end,
    ]
    const sse = written(events, { tools })
    const read = { type: 'function_call', call_id: 'c2', namespace: 'files', name: 'read' }
    const patched = { type: 'custom_tool_call', call_id: 'c1', name: 'apply_patch', input: patch }
    expect(arrayAt(finalResponse(sse), 'output')).toMatchObject([patched, read])
    expect(sse).toContain('event: response.custom_tool_call_input.done')
    expect(sse.match(/function_call_arguments\.delta\n/g)).toHaveLength(1)
  })

  it('shows an error with the number that follows, and as a failed response', () => {
    const writer = codec.streamWriter(contextFor())
    writer.write(start)
    const error = failure('overloaded', 'Full.')
    const frames = framesOf(writer.write({ type: 'reply-error', failure: error }))
    expect(frames.map(({ event }) => event)).toEqual(['error', 'response.failed'])
    const [shown, failed] = frames.map(({ data }) => parseJson(data))
    expect(shown).toMatchObject({ sequence_number: 2, code: 'overloaded', message: 'Full.' })
    expect(failed).toMatchObject({
      sequence_number: 3,
      response: { status: 'failed', error: { code: 'overloaded' }, model: 'fast' },
    })
  })

  it('names no item twice', () => {
    const sse = written([start, ...call(0, 'a', 'f', '{}'), ...call(1, 'b', 'f', '{}'), end])
    const ids = arrayAt(finalResponse(sse), 'output').map((item) => stringAt(item, 'id'))
    expect(new Set(ids).size).toBe(2)
  })
})
