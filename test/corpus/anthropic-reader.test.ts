import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../src/core/collect-reply.ts'
import type { FailureClass } from '../../src/core/failure.ts'
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from '../../src/core/json.ts'
import type { Reply, ReplyEvent } from '../../src/core/reply.ts'
import { anthropic } from '../../src/dialects/anthropic/index.ts'
import type { Frame } from '../../src/dialects/dialect.ts'
import { readSseBlock } from '../../src/dialects/sse.ts'

/** Checks the codec against recorded traffic; the recordings are not part of the repository. */
const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus')
const present = existsSync(path.join(corpus, 'index.json'))

interface Exchange {
  readonly id: string
  readonly features: readonly string[]
  readonly body: JsonObject | null
  readonly path: string
  readonly status: number
  readonly headers: Record<string, string>
  readonly reply: JsonValue | undefined
  readonly sse: string | null
  readonly model: string
}

function load(): Exchange[] {
  const index = parseJson(readFileSync(path.join(corpus, 'index.json'), 'utf8'))
  const entries = Array.isArray(index) ? index : arrayAt(index, 'exchanges')
  return entries.flatMap((entry) => {
    const api = stringAt(entry, 'api') ?? ''
    if (!['messages', 'invoke', 'rawPredict'].includes(api)) return []
    if (api !== 'messages' && !/claude/.test(stringAt(entry, 'model') ?? '')) return []
    const exchange = parseJson(
      readFileSync(path.join(corpus, stringAt(entry, 'file') ?? ''), 'utf8'),
    )
    return [asExchange(exchange)]
  })
}

function asExchange(exchange: JsonValue | undefined): Exchange {
  const request = objectAt(exchange, 'request')
  const response = objectAt(exchange, 'response') ?? {}
  return {
    id: stringAt(exchange, 'id') ?? '',
    features: arrayAt(exchange, 'features').map(String),
    model: stringAt(exchange, 'model') ?? 'claude-sonnet-4-5',
    body: objectAt(request ?? {}, 'body'),
    path: stringAt(request ?? {}, 'path') ?? '',
    status: numberAt(response, 'status') ?? 0,
    headers: Object.fromEntries(
      Object.entries(objectAt(response, 'headers') ?? {}).map(([name, value]) => [
        name,
        String(value),
      ]),
    ),
    reply: response['body'],
    sse: stringAt(response, 'sse'),
  }
}

const exchanges = present ? load() : []
const streams = exchanges.filter(({ status, sse }) => status === 200 && sse !== null)
const wholes = exchanges.filter(
  ({ status, sse, reply }) =>
    status === 200 && sse === null && isObject(reply) && 'content' in reply,
)
const requests = exchanges.filter(
  ({ status, body }) => status === 200 && body !== null && Array.isArray(body['messages']),
)
const errors = exchanges.filter(({ status }) => status >= 400)

function framesOf(sse: string): Frame[] {
  return sse.split(/\r?\n\r?\n/).flatMap((block) => readSseBlock(block) ?? [])
}

function collected(events: readonly ReplyEvent[]): Reply {
  const reply = collectReply(events)
  if ('class' in reply) throw new Error(reply.message)
  return reply
}

/** What a reply shows, taken from the wire without the codec. */
interface Naive {
  text: string
  thinking: string
  signatures: string[]
  tools: { id: string; name: string; input: JsonValue | undefined }[]
  input: number
  output: number
}

function naiveOfBlocks(blocks: readonly JsonValue[], usage: JsonObject): Naive {
  const of = (type: string) => blocks.filter((block) => stringAt(block, 'type') === type)
  const compactions = arrayAt(usage, 'iterations').filter(
    (turn) => stringAt(turn, 'type') === 'compaction',
  )
  const count = (owner: JsonValue, keys: string[]) =>
    sum(keys.map((key) => numberAt(owner, key) ?? 0))
  const inputKeys = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
  return {
    text: of('text')
      .map((block) => stringAt(block, 'text'))
      .join(''),
    thinking: of('thinking')
      .map((block) => stringAt(block, 'thinking'))
      .join(''),
    signatures: of('thinking').map((block) => stringAt(block, 'signature') ?? ''),
    tools: of('tool_use').map((block) => ({
      id: stringAt(block, 'id') ?? '',
      name: stringAt(block, 'name') ?? '',
      input: isObject(block) ? block['input'] : undefined,
    })),
    input: sum([usage, ...compactions].map((owner) => count(owner, inputKeys))),
    output: sum([usage, ...compactions].map((owner) => count(owner, ['output_tokens']))),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Puts the blocks of a stream together the plain way, up to the first end of a message. */
function blocksOfStream(sse: string): { blocks: JsonObject[]; usage: JsonObject } {
  const blocks: JsonObject[] = []
  const inputs: string[] = []
  let usage: JsonObject = {}
  for (const line of sse.split('\n')) {
    if (!line.startsWith('data:')) continue
    const data = parseJson(line.slice(5))
    if (stringAt(data, 'type') === 'message_stop') break
    const index = numberAt(data, 'index') ?? 0
    usage = {
      ...usage,
      ...objectAt(objectAt(data, 'message') ?? {}, 'usage'),
      ...objectAt(data, 'usage'),
    }
    const started = objectAt(data, 'content_block')
    if (started !== null) {
      blocks[index] = { ...started }
      inputs[index] = ''
    }
    const delta = objectAt(data, 'delta')
    const block = blocks[index]
    if (delta === null || block === undefined || started !== null) continue
    for (const key of ['text', 'thinking', 'signature']) {
      const more = stringAt(delta, key)
      if (more !== null) block[key] = `${stringAt(block, key) ?? ''}${more}`
    }
    inputs[index] += stringAt(delta, 'partial_json') ?? ''
  }
  inputs.forEach((input, index) => {
    const block = blocks[index]
    if (input !== '' && block !== undefined) block['input'] = parseJson(input)
  })
  return { blocks, usage }
}

function shown(reply: Reply): Naive {
  const of = <T extends Reply['parts'][number]['type']>(type: T) =>
    reply.parts.filter(
      (part): part is Extract<Reply['parts'][number], { type: T }> => part.type === type,
    )
  return {
    text: of('text')
      .map((part) => part.text)
      .join(''),
    thinking: of('reasoning')
      .map((part) => part.text)
      .join(''),
    signatures: of('reasoning')
      .filter((part) => !part.redacted)
      .map((part) => part.signature?.value ?? ''),
    tools: of('tool-call').map(({ id, name, input }) => ({ id, name, input: parseJson(input) })),
    input: reply.usage?.inputTokens ?? 0,
    output: reply.usage?.outputTokens ?? 0,
  }
}

describe.skipIf(!present)('recorded Anthropic traffic', () => {
  it('is there in numbers', () => {
    expect(streams.length).toBeGreaterThan(20)
    expect(wholes.length).toBeGreaterThan(20)
    expect(requests.length).toBeGreaterThan(40)
  })

  it.each(wholes)('$id reads whole', ({ reply }) => {
    const body = isObject(reply) ? reply : {}
    const naive = naiveOfBlocks(arrayAt(body, 'content'), objectAt(body, 'usage') ?? {})
    const read = collected(anthropic.readReply(body))
    expect(shown(read)).toEqual(naive)
    expect(read.finish).not.toBe('other')
  })

  it.each(streams)('$id reads as a stream', ({ sse }) => {
    const reader = anthropic.streamReader('chat')
    const frames = framesOf(sse ?? '')
    const events = [...frames.flatMap((frame) => reader.read(frame)), ...reader.end()]
    const { blocks, usage } = blocksOfStream(sse ?? '')
    const read = collected(events)
    expect(shown(read)).toEqual(naiveOfBlocks(blocks.flat(), usage))
    expect(events.at(-1)?.type).toBe('reply-end')
    expect(read.finish).not.toBe('other')
    const last = frames.at(-1)
    expect(last !== undefined && reader.isTerminal(last)).toBe(true)
  })

  it.each(streams)('$id is truncated anywhere before its stop reason', ({ sse }) => {
    const frames = framesOf(sse ?? '')
    const stop = frames.findIndex(({ event }) => event === 'message_delta')
    for (const cut of [1, Math.floor(stop / 2), stop]) {
      const reader = anthropic.streamReader('chat')
      const events = [
        ...frames.slice(0, cut).flatMap((frame) => reader.read(frame)),
        ...reader.end(),
      ]
      const last = events.at(-1)
      expect(last?.type === 'reply-error' && last.failure.class).toBe('truncated')
    }
  })

  it.each(errors)('$id is classified', ({ status, reply, headers, features }) => {
    const failure = anthropic.classifyFailure({
      status,
      headers,
      body: JSON.stringify(reply),
      nowMs: 0,
    })
    expect(failure.class).toBe(expectedClass(status, features))
    expect(failure.upstreamStatus).toBe(status)
  })

  it.each(requests)('$id is understood and asks the same again', ({ body, model }) => {
    const wanted = body ?? {}
    const parsed = anthropic.parseRequest(wanted)
    if (!parsed.ok) {
      expect(unfit(wanted), parsed.failure.message).toBe(true)
      return
    }
    const built = anthropic.buildRequest(parsed.value.value, {
      model: stringAt(wanted, 'model') ?? model,
      streaming: wanted['stream'] === true,
      quirks: {},
    })
    if (!built.ok) throw new Error(built.failure.message)
    expect(comparable(built.value.value.body)).toEqual(comparable(wanted))
  })
})

/** Whether a request asks for what only Anthropic has. */
function unfit(body: JsonObject): boolean {
  const ownTool = arrayAt(body, 'tools').some((tool) => stringAt(tool, 'type') !== null)
  return ownTool || arrayAt(body, 'mcp_servers').length > 0
}

function expectedClass(status: number, features: readonly string[]): FailureClass {
  if (features.includes('context_length')) return 'context_length_exceeded'
  if (features.includes('overloaded')) return 'overloaded'
  if (features.includes('auth')) return 'provider_auth'
  if (status === 400) return features.length === 1 ? 'model_not_found' : 'invalid_request'
  return 'server_error'
}

/** A request in one of its equivalent forms: blocks instead of strings, defaults left out. */
function comparable(body: JsonObject): JsonObject {
  const format = objectAt(body, 'output_format')
  const config = objectAt(body, 'output_config')
  const system = body['system']
  return {
    max_tokens: body['max_tokens'],
    system: typeof system === 'string' ? [{ type: 'text', text: system }] : system,
    messages: mergedTurns(arrayAt(body, 'messages').filter(isObject)),
    tools: arrayAt(body, 'tools').filter(isObject).filter(isOwn).map(comparableTool),
    tool_choice: comparableChoice(body),
    thinking: body['thinking'],
    temperature: body['temperature'],
    top_p: body['top_p'],
    stop_sequences: body['stop_sequences'],
    metadata: body['metadata'],
    output_config: format === null ? config : { ...config, format },
    stream: body['stream'] === true,
  }
}

function isOwn(tool: JsonObject): boolean {
  return tool['type'] === undefined
}

function comparableTool(tool: JsonObject): JsonObject {
  const { defer_loading: _, ...rest } = tool
  return rest
}

function comparableChoice(body: JsonObject): JsonObject | null {
  const { disable_parallel_tool_use: single, ...choice } = objectAt(body, 'tool_choice') ?? {}
  if (Object.keys(choice).length === 0) return null
  return single === true ? { ...choice, single } : choice
}

function mergedTurns(messages: readonly JsonObject[]): JsonObject[] {
  const turns: { role: JsonValue | undefined; content: JsonObject[] }[] = []
  for (const { role, content } of messages) {
    if (role === 'system') continue
    const blocks = blocksOf(content).map(comparableBlock)
    const last = turns.at(-1)
    if (last?.role === role) last?.content.push(...blocks)
    else turns.push({ role, content: blocks })
  }
  return turns
}

function blocksOf(content: JsonValue | undefined): JsonObject[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.filter(isObject) : []
}

function comparableBlock(block: JsonObject): JsonObject {
  const type = stringAt(block, 'type')
  if (type === 'tool_reference')
    return { type: 'text', text: `Tool ${stringAt(block, 'tool_name')}` }
  if (type !== 'tool_result') return block
  const content = blocksOf(block['content']).map(comparableBlock)
  return { ...block, content, is_error: block['is_error'] === true }
}
