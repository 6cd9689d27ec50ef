import type { JsonObject } from '../../core/json.ts'
import { booleanAt, isObject, objectAt, stringAt } from '../../core/json.ts'
import type { Dialect } from '../../core/request.ts'
import type { Ask } from './ask.ts'
import type { MockRequest } from './mock-request.ts'
import { readAnthropic } from './read-anthropic.ts'
import { readGemini } from './read-gemini.ts'
import type { AskDetails } from './read-openai.ts'
import { readOpenAi } from './read-openai.ts'
import { readResponses } from './read-responses.ts'
import type { Route } from './route.ts'

const readers: Readonly<Record<Dialect, (body: JsonObject) => AskDetails>> = {
  openai: readOpenAi,
  'openai-responses': readResponses,
  anthropic: readAnthropic,
  gemini: readGemini,
}

/** The model name as the request has it, behaviour and all; empty where it names none. */
export function modelNameOf(route: Route | null, request: MockRequest): string {
  return route?.model ?? stringAt(request.body, 'model') ?? ''
}

export function readAsk(route: Route, request: MockRequest, model: string): Ask {
  const body = isObject(request.body) ? request.body : {}
  const { dialect, operation } = route
  const streams = booleanAt(body, 'stream') === true ? 'sse' : null
  return {
    ...readers[dialect](body),
    dialect,
    operation,
    model,
    streaming: route.streaming ?? (dialect === 'gemini' ? null : streams),
    includeUsage:
      booleanAt(objectAt(body, 'stream_options') ?? undefined, 'include_usage') === true,
    body,
  }
}
