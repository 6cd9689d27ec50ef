import {
  ApiError,
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentParameters,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai'
import { objectAt, parseJson, stringAt } from '../../../src/core/json.ts'
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

/** `@google/genai`, generateContent and its stream. */
export function geminiClient(url: string): Client {
  const sdk = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } })
  const given = new WeakMap<Said, Content>()
  const body = (ask: Ask) => contentBody(ask, (turn) => contentOf(turn, given))

  return {
    name: 'google genai',
    dialect: 'gemini',
    keepsSignatures: true,
    async whole(ask) {
      const said = nothingSaid()
      const parts: Part[] = []
      const response = await sdk.models.generateContent(body(ask))
      said.headers = response.sdkHttpResponse?.headers ?? {}
      add(response, said, parts)
      given.set(said, { role: 'model', parts })
      return said
    },
    async streamed(ask, began) {
      const said = nothingSaid()
      const parts: Part[] = []
      for await (const chunk of await sdk.models.generateContentStream(body(ask))) {
        // Not `chunk.text`, which warns of every part that is something else.
        for (const part of partsOf(chunk)) if (!part.thought) heard(said, part.text)
        add(chunk, said, parts)
        began?.()
      }
      given.set(said, { role: 'model', parts })
      return said
    },
    errorName: () => 'ApiError',
    raised,
  }
}

function contentBody(ask: Ask, toContent: (turn: Turn) => Content): GenerateContentParameters {
  const { model, system, turns, tools, choice, schema, stop, maxTokens, signal } = ask
  return {
    model,
    contents: turns.map(toContent),
    config: {
      ...(system !== undefined && { systemInstruction: system }),
      ...(tools && {
        tools: [
          {
            functionDeclarations: tools.map(({ name, description, schema }) => ({
              name,
              description,
              parametersJsonSchema: schema,
            })),
          },
        ],
      }),
      ...(choice && { toolConfig: { functionCallingConfig: callingConfig(choice) } }),
      ...(schema && { responseMimeType: 'application/json', responseJsonSchema: schema }),
      ...(stop && { stopSequences: [...stop] }),
      ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
      ...(ask.thinks && { thinkingConfig: { thinkingBudget: 1_024, includeThoughts: true } }),
      ...(signal && { abortSignal: signal }),
    },
  }
}

function callingConfig(choice: NonNullable<Ask['choice']>) {
  if (choice === 'none') return { mode: FunctionCallingConfigMode.NONE }
  if (choice === 'required') return { mode: FunctionCallingConfigMode.ANY }
  return { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: [choice.tool] }
}

function contentOf(turn: Turn, given: WeakMap<Said, Content>): Content {
  switch (turn.from) {
    case 'user':
      return { role: 'user', parts: [{ text: turn.text }, ...(turn.files ?? []).map(part)] }
    case 'model': {
      const content = given.get(turn.said)
      if (content === undefined) throw new Error('this was said to another client')
      return content
    }
    case 'tool': {
      const { id, name } = turn.call
      const response = { result: turn.output }
      return { role: 'user', parts: [{ functionResponse: { id, name, response } }] }
    }
  }
}

function part({ mediaType, data }: AskedFile): Part {
  if (typeof data === 'string') return { inlineData: { mimeType: mediaType, data } }
  return { fileData: { mimeType: mediaType, fileUri: data.href } }
}

const finishes: Readonly<Record<string, Finish>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'filtered',
}

function partsOf(chunk: GenerateContentResponse): readonly Part[] {
  return chunk.candidates?.[0]?.content?.parts ?? []
}

function add(chunk: GenerateContentResponse, said: Said, parts: Part[]): void {
  for (const part of partsOf(chunk)) {
    parts.push(part)
    if (part.thought) said.reasoning += part.text ?? ''
    else said.text += part.text ?? ''
    const { id, name, args } = part.functionCall ?? {}
    if (name === undefined) continue
    said.calls.push({ id: id ?? '', name, input: argumentsOf(JSON.stringify(args)) })
  }
  const reason = chunk.candidates?.[0]?.finishReason
  if (reason !== undefined) said.finish = finishes[reason] ?? 'other'
  if (said.finish === 'stop' && said.calls.length > 0) said.finish = 'tools'
  said.model = chunk.modelVersion ?? said.model
  const usage = chunk.usageMetadata
  if (usage === undefined) return
  const reasoning = usage.thoughtsTokenCount ?? 0
  said.usage = {
    input: usage.promptTokenCount ?? 0,
    cached: usage.cachedContentTokenCount ?? 0,
    output: (usage.candidatesTokenCount ?? 0) + reasoning,
    reasoning,
  }
}

/** The SDK puts the body into its message, in a stream between words of its own. */
function raised(error: unknown): Raised | null {
  if (error instanceof Error && error.name === 'AbortError') {
    return { name: 'aborted', status: null, message: error.message, retryAfter: null, word: null }
  }
  if (!(error instanceof ApiError)) return null
  const body = objectAt(parseJson(error.message.slice(error.message.indexOf('{'))), 'error') ?? {}
  return {
    name: error.name,
    status: error.status,
    message: stringAt(body, 'message') ?? error.message,
    retryAfter: null,
    word: stringAt(body, 'status'),
  }
}
