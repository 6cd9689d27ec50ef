import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { Conversation } from '../../../src/core/conversation.ts'
import { type Failure, failure } from '../../../src/core/failure.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { ReplyEvent } from '../../../src/core/reply.ts'
import type { UpstreamError } from '../../../src/dialects/dialect.ts'
import type {
  LanguageModelCall,
  LanguageModelObserver,
  LanguageModels,
} from '../../../src/gateway/ports.ts'

export const emptyConversation: Conversation = {
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
}

export const sdk = '@example/lamp'

export function callOf(change: Partial<LanguageModelCall> = {}): LanguageModelCall {
  return {
    sdk,
    options: {},
    apiKey: 'key-of-the-lamp',
    model: 'lamp-1',
    conversation: emptyConversation,
    streaming: true,
    ...change,
  }
}

export const usage: LanguageModelV4Usage = {
  inputTokens: { total: 20, noCache: 12, cacheRead: 5, cacheWrite: 3 },
  outputTokens: { total: 9, text: 5, reasoning: 4 },
}

export const finish = (
  unified: 'stop' | 'length' | 'other' | 'error' | 'interrupted' | 'content-filter',
  raw: string | undefined = unified,
): LanguageModelV4StreamPart => ({ type: 'finish', usage, finishReason: { unified, raw } })

/** A model that says `parts`, or answers with `result`, or throws. */
export interface Script {
  parts?: readonly unknown[]
  stream?: ReadableStream<LanguageModelV4StreamPart>
  result?: Partial<LanguageModelV4GenerateResult>
  thrown?: unknown
}

export interface FakePackage {
  importPackage: (name: string) => Promise<unknown>
  /** Options of the factory, one per provider made. */
  readonly made: JsonObject[]
  readonly asked: { modelId: string; options: LanguageModelV4CallOptions }[]
}

function streamOf(parts: readonly unknown[]): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    start(controller: ReadableStreamDefaultController) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}

/** A package with one hand-written provider, of specification v4 unless said otherwise. */
export function fakePackage(script: Script, specificationVersion = 'v4'): FakePackage {
  const made: JsonObject[] = []
  const asked: FakePackage['asked'] = []
  const languageModel = (modelId: string): Omit<LanguageModelV4, 'specificationVersion'> => ({
    provider: 'lamp',
    modelId,
    supportedUrls: {},
    async doGenerate(options) {
      asked.push({ modelId, options })
      if (script.thrown !== undefined) throw script.thrown
      return {
        content: [],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage,
        warnings: [],
        ...script.result,
      }
    },
    async doStream(options) {
      asked.push({ modelId, options })
      if (script.thrown !== undefined) throw script.thrown
      return { stream: script.stream ?? streamOf(script.parts ?? []) }
    },
  })
  const createLamp = (options: JsonObject) => {
    made.push(options)
    return {
      languageModel: (modelId: string) => ({ ...languageModel(modelId), specificationVersion }),
    }
  }
  return { importPackage: async () => ({ createLamp }), made, asked }
}

export interface Heard {
  readonly events: ReplyEvent[]
  readonly warnings: string[]
  readonly failure: Failure | null
}

/** Runs a call to its end and returns what the observer heard. */
export function hear(models: LanguageModels, call: LanguageModelCall): Promise<Heard> {
  const events: ReplyEvent[] = []
  const warnings: string[] = []
  return new Promise((resolve) => {
    const observer: LanguageModelObserver = {
      events: (some) => events.push(...some),
      warnings: (some) => warnings.push(...some),
      ended: () => resolve({ events, warnings, failure: null }),
      failed: (problem) => resolve({ events, warnings, failure: problem }),
    }
    models.start(call, observer)
  })
}

/** Stands in for a codec's classification: shows what it was given. */
export function classify({ status, headers, body }: UpstreamError): Failure {
  const wait = headers['retry-after']
  return failure(status === 429 ? 'provider_rate_limited' : 'server_error', body, {
    upstreamStatus: status,
    retryAfterMs: wait === undefined ? null : Number(wait) * 1000,
  })
}
