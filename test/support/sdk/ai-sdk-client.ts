import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  APICallError,
  type FilePart,
  generateText,
  jsonSchema,
  type LanguageModelUsage,
  type ModelMessage,
  Output,
  streamText,
  type ToolSet,
  tool,
  type UserContent,
} from 'ai'
import { isObject, objectAt, parseJson, stringAt } from '../../../src/core/json.ts'
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

/** `ai` with `@ai-sdk/openai-compatible`: generateText and streamText. */
export function aiSdkClient(url: string): Client {
  const provider = createOpenAICompatible({
    name: 'waybill',
    baseURL: `${url}/v1`,
    includeUsage: true,
    supportsStructuredOutputs: true,
    // Else the SDK fetches images itself.
    supportedUrls: () => ({ 'image/*': [/^https:/] }),
  })
  const given = new WeakMap<Said, readonly ModelMessage[]>()
  const settings = (ask: Ask) => settingsOf(ask, (turn) => messagesOf(turn, given))

  return {
    name: 'ai sdk',
    dialect: 'openai',
    keepsSignatures: false,
    async whole(ask) {
      const result = await generateText({ model: provider(ask.model), ...settings(ask) })
      const said = nothingSaid()
      given.set(said, result.response.messages)
      said.headers = result.response.headers ?? {}
      addResult(said, result, result.response.modelId)
      return said
    },
    async streamed(ask, began) {
      const said = nothingSaid()
      const result = streamText({
        model: provider(ask.model),
        ...settings(ask),
        onError: () => undefined,
      })
      for await (const event of result.fullStream) {
        if (event.type === 'error') throw event.error
        if (event.type === 'abort') throw new DOMException('aborted', 'AbortError')
        if (event.type === 'text-delta') heard(said, event.text)
        if (event.type === 'tool-input-delta' && event.delta !== '') said.argumentPieces++
        if (event.type.endsWith('-delta')) began?.()
      }
      const response = await result.response
      given.set(said, response.messages)
      const figures = {
        text: await result.text,
        reasoningText: await result.reasoningText,
        toolCalls: await result.toolCalls,
        finishReason: await result.finishReason,
        usage: await result.usage,
      }
      addResult(said, figures, response.modelId)
      return said
    },
    errorName: (status) => (status === null ? 'error event' : 'AI_APICallError'),
    raised,
  }
}

function settingsOf(ask: Ask, toMessages: (turn: Turn) => readonly ModelMessage[]) {
  const { system, turns, tools, choice, schema, stop, maxTokens, signal } = ask
  return {
    maxRetries: 0,
    messages: turns.flatMap(toMessages),
    ...(system !== undefined && { instructions: system }),
    ...(tools && { tools: toolsOf(tools) }),
    ...(choice && {
      toolChoice:
        typeof choice === 'string' ? choice : { type: 'tool' as const, toolName: choice.tool },
    }),
    ...(ask.oneCallAtMost && {
      providerOptions: { waybill: { parallel_tool_calls: false } },
    }),
    ...(schema && { output: Output.object({ schema: jsonSchema(schema), name: 'answer' }) }),
    ...(stop && { stopSequences: [...stop] }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(ask.thinks && { reasoning: 'low' as const }),
    ...(signal && { abortSignal: signal }),
  }
}

function toolsOf(tools: NonNullable<Ask['tools']>): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, schema }) => [
      name,
      tool({ description, inputSchema: jsonSchema(schema) }),
    ]),
  )
}

function messagesOf(
  turn: Turn,
  given: WeakMap<Said, readonly ModelMessage[]>,
): readonly ModelMessage[] {
  switch (turn.from) {
    case 'user': {
      const files = turn.files ?? []
      const content: UserContent = [{ type: 'text', text: turn.text }, ...files.map(part)]
      return [{ role: 'user', content: files.length === 0 ? turn.text : content }]
    }
    case 'model': {
      const messages = given.get(turn.said)
      if (messages === undefined) throw new Error('this was said to another client')
      return messages
    }
    case 'tool': {
      const { id: toolCallId, name: toolName } = turn.call
      const output = { type: 'text' as const, value: turn.output }
      return [{ role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] }]
    }
  }
}

function part({ mediaType, filename, data }: AskedFile): FilePart {
  return { type: 'file', data, mediaType, ...(filename !== undefined && { filename }) }
}

const finishes: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tools',
  'content-filter': 'filtered',
}

interface Result {
  readonly text: string
  readonly reasoningText: string | undefined
  readonly toolCalls: readonly {
    readonly toolCallId: string
    readonly toolName: string
    readonly input: unknown
  }[]
  readonly finishReason: string
  readonly usage: LanguageModelUsage
}

function addResult(said: Said, result: Result, modelId: string): void {
  said.text = result.text
  said.reasoning = result.reasoningText ?? ''
  said.calls = result.toolCalls.map(({ toolCallId, toolName, input }) => ({
    id: toolCallId,
    name: toolName,
    input: argumentsOf(JSON.stringify(input)),
  }))
  said.finish = finishes[result.finishReason] ?? 'other'
  said.model = modelId
  const { inputTokens, outputTokens, inputTokenDetails, outputTokenDetails } = result.usage
  said.usage = {
    input: inputTokens ?? 0,
    cached: inputTokenDetails.cacheReadTokens ?? 0,
    output: outputTokens ?? 0,
    reasoning: outputTokenDetails.reasoningTokens ?? 0,
  }
}

/** In a stream the SDK hands on the provider's own error object. */
function raised(error: unknown): Raised | null {
  const nothingMore = { status: null, retryAfter: null, word: null }
  if (error instanceof Error && error.name === 'AbortError') {
    return { ...nothingMore, name: 'aborted', message: error.message }
  }
  if (APICallError.isInstance(error)) {
    const body = objectAt(parseJson(error.responseBody ?? ''), 'error') ?? {}
    return {
      name: error.name,
      status: error.statusCode ?? null,
      message: error.message,
      retryAfter: error.responseHeaders?.['retry-after'] ?? null,
      word: stringAt(body, 'code') ?? stringAt(body, 'type'),
    }
  }
  if (!isObject(error) || typeof error['message'] !== 'string') return null
  return {
    ...nothingMore,
    name: 'error event',
    message: error['message'],
    word: stringAt(error, 'code') ?? stringAt(error, 'type'),
  }
}
