import Anthropic from '@anthropic-ai/sdk'
import type {
  ContentBlockParam,
  Message,
  MessageCreateParamsNonStreaming,
  MessageParam,
} from '@anthropic-ai/sdk/resources/messages'
import { isObject, objectAt, stringAt } from '../../../src/core/json.ts'
import { errorClassOf } from './statuses.ts'
import {
  type Ask,
  type AskedFile,
  argumentsOf,
  type Client,
  type Finish,
  heard,
  nothingSaid,
  type Raised,
  type Said,
  type Turn,
} from './talk.ts'

/** `@anthropic-ai/sdk`, Messages, streams through its helper. */
export function anthropicClient(url: string): Client {
  const sdk = new Anthropic({ apiKey: 'none', baseURL: url, maxRetries: 0 })
  const given = new WeakMap<Said, MessageParam>()
  const body = (ask: Ask) => messagesBody(ask, (turn) => messageOf(turn, given))

  function read(message: Message, said: Said): Said {
    given.set(said, { role: 'assistant', content: message.content })
    addMessage(message, said)
    return said
  }

  return {
    name: 'anthropic',
    dialect: 'anthropic',
    keepsSignatures: true,
    async whole(ask) {
      const asked = sdk.messages.create(body(ask), { signal: ask.signal })
      const { data, response } = await asked.withResponse()
      return read(data, { ...nothingSaid(), headers: Object.fromEntries(response.headers) })
    },
    async streamed(ask, began) {
      const said = nothingSaid()
      const stream = sdk.messages.stream(body(ask), { signal: ask.signal })
      for await (const event of stream) {
        if (event.type !== 'content_block_delta') continue
        if (event.delta.type === 'text_delta') heard(said, event.delta.text)
        if (event.delta.type === 'input_json_delta' && event.delta.partial_json !== '') {
          said.argumentPieces++
        }
        began?.()
      }
      return read(await stream.finalMessage(), said)
    },
    errorName: (status) => anthropicNames[status ?? 0] ?? errorClassOf(status),
    raised,
  }
}

/** This SDK tells more statuses apart. */
const anthropicNames: Readonly<Record<number, string>> = {
  402: 'PaymentRequiredError',
  413: 'ContentTooLargeError',
  503: 'ServiceUnavailableError',
  504: 'GatewayTimeoutError',
  529: 'OverloadedError',
}

function messagesBody(
  ask: Ask,
  toMessage: (turn: Turn) => MessageParam,
): MessageCreateParamsNonStreaming {
  const { model, system, turns, tools, choice, schema, stop, maxTokens } = ask
  const single = ask.oneCallAtMost === true
  return {
    model,
    max_tokens: maxTokens ?? 4_000,
    ...(system !== undefined && { system }),
    messages: joined(turns.map(toMessage)),
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({
        name,
        description,
        input_schema: { ...schema, type: 'object' as const },
      })),
    }),
    ...((choice ?? single) && { tool_choice: choiceOf(choice, single) }),
    ...(schema && { output_config: { format: { type: 'json_schema' as const, schema } } }),
    ...(stop && { stop_sequences: [...stop] }),
    ...(ask.thinks && { thinking: { type: 'enabled' as const, budget_tokens: 1_024 } }),
  }
}

function choiceOf(choice: Ask['choice'], single: boolean): Anthropic.ToolChoice {
  const disable_parallel_tool_use = single
  if (choice === 'none') return { type: 'none' }
  if (choice === undefined) return { type: 'auto', disable_parallel_tool_use }
  if (choice === 'required') return { type: 'any', disable_parallel_tool_use }
  return { type: 'tool', name: choice.tool, disable_parallel_tool_use }
}

/** Results of parallel calls belong into one message. */
function joined(messages: readonly MessageParam[]): MessageParam[] {
  const result: MessageParam[] = []
  for (const message of messages) {
    const last = result.at(-1)
    if (last?.role === 'user' && message.role === 'user') {
      last.content = [...blocks(last.content), ...blocks(message.content)]
    } else result.push({ ...message })
  }
  return result
}

function blocks(content: MessageParam['content']): ContentBlockParam[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

function messageOf(turn: Turn, given: WeakMap<Said, MessageParam>): MessageParam {
  switch (turn.from) {
    case 'user': {
      const text = { type: 'text' as const, text: turn.text }
      return { role: 'user', content: [text, ...(turn.files ?? []).map(block)] }
    }
    case 'model': {
      const message = given.get(turn.said)
      if (message === undefined) throw new Error('this was said to another client')
      return message
    }
    case 'tool': {
      const content = turn.output
      return {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: turn.call.id, content }],
      }
    }
  }
}

function block({ mediaType, data, filename }: AskedFile): ContentBlockParam {
  if (mediaType === 'application/pdf') {
    const source =
      typeof data === 'string'
        ? { type: 'base64' as const, media_type: 'application/pdf' as const, data }
        : { type: 'url' as const, url: data.href }
    return { type: 'document', source, ...(filename !== undefined && { title: filename }) }
  }
  if (typeof data !== 'string') return { type: 'image', source: { type: 'url', url: data.href } }
  return { type: 'image', source: { type: 'base64', media_type: 'image/png', data } }
}

const finishes: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tools',
  refusal: 'filtered',
}

function addMessage(message: Message, said: Said): void {
  for (const one of message.content) {
    if (one.type === 'text') said.text += one.text
    if (one.type === 'thinking') said.reasoning += one.thinking
    if (one.type === 'tool_use') {
      said.calls.push({ id: one.id, name: one.name, input: argumentsOf(JSON.stringify(one.input)) })
    }
  }
  said.finish = finishes[message.stop_reason ?? ''] ?? 'other'
  said.model = message.model
  const { usage } = message
  const cached = usage.cache_read_input_tokens ?? 0
  said.usage = {
    input: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
    cached,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
  }
}

function raised(error: unknown): Raised | null {
  if (error instanceof Anthropic.APIUserAbortError) {
    return { name: 'aborted', status: null, message: error.message, retryAfter: null, word: null }
  }
  if (!(error instanceof Anthropic.APIError)) return null
  const body: unknown = error.error
  return {
    name: error.constructor.name,
    status: error.status ?? null,
    message: error.message,
    retryAfter: error.headers?.get('retry-after') ?? null,
    word: isObject(body) ? stringAt(objectAt(body, 'error') ?? {}, 'type') : null,
  }
}
