import type { JsonObject } from '../../core/json.ts'
import type { Dialect } from '../../core/request.ts'
import type { MockOperation } from './route.ts'

export interface AskedMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly text: string
  /** Images, documents and the like. */
  readonly files: number
}

export interface OfferedTool {
  readonly name: string
  readonly schema: JsonObject | null
}

export type AskedToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** As much of a request, in no dialect, as the mock needs to answer it sensibly. */
export interface Ask {
  readonly dialect: Dialect
  readonly operation: MockOperation
  /** Without the behaviour that may hang on it. */
  readonly model: string
  readonly streaming: 'sse' | 'json-array' | null
  readonly messages: readonly AskedMessage[]
  readonly maxTokens: number | null
  readonly tools: readonly OfferedTool[]
  readonly toolChoice: AskedToolChoice
  readonly parallelTools: boolean
  /** The answer must be JSON: of this schema, or any (`true`). */
  readonly json: JsonObject | boolean
  readonly choices: number
  /** Reasoning was asked for, as opposed to being the model's habit. */
  readonly reasoning: boolean
  /** Chat Completions: the stream is to end with usage. */
  readonly includeUsage: boolean
  /** The body, or an empty object where there was none. */
  readonly body: JsonObject
}
