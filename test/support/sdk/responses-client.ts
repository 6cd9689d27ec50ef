import OpenAI from 'openai'
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
  ResponseOutputItem,
} from 'openai/resources/responses/responses'
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
} from './talk.ts'

/** `openai`, Responses. Nothing is stored, so that turns travel whole. */
export function responsesClient(url: string): Client {
  const sdk = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 })
  const given = new WeakMap<Said, readonly ResponseInputItem[]>()
  const body = (ask: Ask) => responsesBody(ask, (turn) => itemsOf(turn, given))

  function read(response: Response, said: Said): Said {
    const items = response.output.flatMap((item) => (isTurn(item) ? [item] : []))
    given.set(said, items)
    addResponse(response, said)
    return said
  }

  return {
    name: 'openai responses',
    dialect: 'openai-responses',
    keepsSignatures: true,
    async whole(ask) {
      const asked = sdk.responses.create(body(ask), { signal: ask.signal })
      const { data, response } = await asked.withResponse()
      return read(data, { ...nothingSaid(), headers: Object.fromEntries(response.headers) })
    },
    async streamed(ask, began) {
      const said = nothingSaid()
      const stream = sdk.responses.stream({ ...body(ask), stream: true }, { signal: ask.signal })
      for await (const event of stream) {
        if (event.type === 'response.output_text.delta') heard(said, event.delta)
        if (event.type === 'response.function_call_arguments.delta') said.argumentPieces++
        if (/^response\..*\.delta$/.test(event.type)) began?.()
      }
      return read(await stream.finalResponse(), said)
    },
    errorName: errorClassOf,
    raised: raisedByOpenAi,
  }
}

type TurnItem = Extract<ResponseOutputItem, { type: 'message' | 'reasoning' | 'function_call' }>

function isTurn(item: ResponseOutputItem): item is TurnItem {
  return ['message', 'reasoning', 'function_call'].includes(item.type)
}

function responsesBody(
  ask: Ask,
  toItems: (turn: Turn) => readonly ResponseInputItem[],
): ResponseCreateParamsNonStreaming {
  const { model, system, developer, turns, tools, choice, schema, maxTokens } = ask
  return {
    model,
    store: false,
    ...(system !== undefined && { instructions: system }),
    input: [
      ...(developer === undefined ? [] : [{ role: 'developer' as const, content: developer }]),
      ...turns.flatMap(toItems),
    ],
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({
        type: 'function',
        name,
        description,
        parameters: schema,
        strict: false,
      })),
    }),
    ...(choice && {
      tool_choice: typeof choice === 'string' ? choice : { type: 'function', name: choice.tool },
    }),
    ...(ask.oneCallAtMost && { parallel_tool_calls: false }),
    ...(schema && {
      text: { format: { type: 'json_schema', name: 'answer', strict: true, schema } },
    }),
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
    ...(ask.thinks && {
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    }),
  }
}

function itemsOf(
  turn: Turn,
  given: WeakMap<Said, readonly ResponseInputItem[]>,
): readonly ResponseInputItem[] {
  switch (turn.from) {
    case 'user': {
      const text = { type: 'input_text' as const, text: turn.text }
      const files = (turn.files ?? []).map(part)
      return [{ role: 'user', content: [text, ...files] }]
    }
    case 'model': {
      const items = given.get(turn.said)
      if (items === undefined) throw new Error('this was said to another client')
      return items
    }
    case 'tool':
      return [{ type: 'function_call_output', call_id: turn.call.id, output: turn.output }]
  }
}

function part(file: AskedFile): ResponseInputContent {
  if (file.mediaType.startsWith('image/')) {
    return { type: 'input_image', image_url: dataUrl(file), detail: 'auto' }
  }
  if (typeof file.data !== 'string') return { type: 'input_file', file_url: file.data.href }
  return { type: 'input_file', filename: file.filename ?? 'file', file_data: dataUrl(file) }
}

function addResponse(response: Response, said: Said): void {
  said.text = response.output_text
  for (const item of response.output) {
    if (item.type === 'reasoning') said.reasoning += item.summary.map(({ text }) => text).join('')
    if (item.type === 'message') {
      said.refusal += item.content.map((part) => ('refusal' in part ? part.refusal : '')).join('')
    }
    if (item.type !== 'function_call') continue
    said.calls.push({ id: item.call_id, name: item.name, input: argumentsOf(item.arguments) })
  }
  said.finish = finishOf(response, said.calls.length > 0)
  said.model = response.model
  const { usage } = response
  if (!usage) return
  said.usage = {
    input: usage.input_tokens,
    cached: usage.input_tokens_details.cached_tokens,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details.reasoning_tokens,
  }
}

function finishOf(response: Response, calls: boolean): Finish {
  switch (response.incomplete_details?.reason) {
    case 'max_output_tokens':
      return 'length'
    case 'content_filter':
      return 'filtered'
  }
  if (response.status !== 'completed') return 'other'
  return calls ? 'tools' : 'stop'
}
