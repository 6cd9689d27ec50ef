import OpenAI from 'openai'
import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { raisedByOpenAi } from './openai-errors.ts'
import { errorClassOf } from './statuses.ts'
import {
  type Ask,
  type AskedFile,
  argumentsOf,
  type Client,
  dataUrl,
  type Finish,
  heard,
  nothingSaid,
  type Said,
  type Turn,
  textOf,
} from './talk.ts'

/** `openai`, Chat Completions. */
export function chatClient(url: string): Client {
  const sdk = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 })
  /** Messages as the SDK gave them, which its users send back as they are. */
  const given = new WeakMap<Said, ChatCompletionMessageParam>()
  const body = (ask: Ask) => chatBody(ask, (turn) => messageOf(turn, given))

  function read(reply: OpenAI.ChatCompletion, said: Said): Said {
    const message = reply.choices[0]?.message
    if (message !== undefined) given.set(said, message)
    addReply(reply, said)
    return said
  }

  return {
    name: 'openai chat',
    dialect: 'openai',
    keepsSignatures: true,
    async whole(ask) {
      const said = nothingSaid()
      const asked = sdk.chat.completions.create(body(ask), { signal: ask.signal })
      const { data: reply, response } = await asked.withResponse()
      said.headers = Object.fromEntries(response.headers)
      said.reasoning = textOf(reply.choices[0]?.message, 'reasoning_content')
      return read(reply, said)
    },
    async streamed(ask, began) {
      const said = nothingSaid()
      const stream = sdk.chat.completions.stream(
        { ...body(ask), stream: true, stream_options: { include_usage: true } },
        { signal: ask.signal },
      )
      for await (const { choices } of stream) {
        const delta = choices[0]?.delta
        heard(said, delta?.content)
        said.reasoning += textOf(delta, 'reasoning_content')
        const calls = delta?.tool_calls ?? []
        said.argumentPieces += calls.filter((call) => call.function?.arguments).length
        began?.()
      }
      return read(await stream.finalChatCompletion(), said)
    },
    errorName: errorClassOf,
    raised: raisedByOpenAi,
  }
}

function chatBody(
  ask: Ask,
  toMessage: (turn: Turn) => ChatCompletionMessageParam,
): ChatCompletionCreateParamsNonStreaming {
  const { model, system, turns, tools, choice, schema, stop, maxTokens } = ask
  return {
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      ...(ask.developer === undefined
        ? []
        : [{ role: 'developer' as const, content: ask.developer }]),
      ...turns.map(toMessage),
    ],
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({
        type: 'function',
        function: { name, description, parameters: schema },
      })),
    }),
    ...(choice && {
      tool_choice:
        typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.tool } },
    }),
    ...(ask.oneCallAtMost && { parallel_tool_calls: false }),
    ...(schema && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', strict: true, schema },
      },
    }),
    ...(stop && { stop: [...stop] }),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(ask.thinks && { reasoning_effort: 'low' }),
  }
}

function messageOf(
  turn: Turn,
  given: WeakMap<Said, ChatCompletionMessageParam>,
): ChatCompletionMessageParam {
  switch (turn.from) {
    case 'user': {
      const files = turn.files ?? []
      const text = { type: 'text' as const, text: turn.text }
      return { role: 'user', content: files.length === 0 ? turn.text : [text, ...files.map(part)] }
    }
    case 'model': {
      const message = given.get(turn.said)
      if (message === undefined) throw new Error('this was said to another client')
      return message
    }
    case 'tool':
      return { role: 'tool', tool_call_id: turn.call.id, content: turn.output }
  }
}

function part(file: AskedFile): ChatCompletionContentPart {
  const url = dataUrl(file)
  if (file.mediaType.startsWith('image/')) return { type: 'image_url', image_url: { url } }
  return { type: 'file', file: { filename: file.filename ?? 'file', file_data: url } }
}

const finishes: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tools',
  content_filter: 'filtered',
}

function addReply(reply: OpenAI.ChatCompletion, said: Said): void {
  const [choice] = reply.choices
  const { usage } = reply
  said.text = choice?.message.content ?? ''
  said.refusal = choice?.message.refusal ?? ''
  for (const call of choice?.message.tool_calls ?? []) {
    if (call.type !== 'function') continue
    const { name, arguments: input } = call.function
    said.calls.push({ id: call.id, name, input: argumentsOf(input) })
  }
  said.finish = finishes[choice?.finish_reason ?? ''] ?? 'other'
  said.model = reply.model
  if (!usage) return
  said.usage = {
    input: usage.prompt_tokens,
    cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
    output: usage.completion_tokens,
    reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  }
}
