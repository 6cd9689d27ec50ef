import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { isObject } from '../../../src/core/json.ts'
import type { Dialect } from '../../../src/core/request.ts'
import { receivedByAnthropic } from './received-anthropic.ts'
import { receivedByChat } from './received-chat.ts'
import { receivedByGemini } from './received-gemini.ts'
import { receivedByResponses } from './received-responses.ts'

/**
 * What a provider understands of a request in its dialect. The readers take exactly the forms the
 * provider documents: anything else fails the test.
 */
export interface Received {
  readonly system: string
  readonly developer: string
  /** What was said, by whom; tool results are apart. */
  readonly turns: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[]
  readonly files: readonly ReceivedFile[]
  readonly tools: readonly { readonly name: string; readonly schema: JsonValue }[]
  readonly choice: 'auto' | 'none' | 'required' | { readonly tool: string }
  /** null: not said. */
  readonly parallel: boolean | null
  readonly calls: readonly {
    readonly id: string
    readonly name: string
    readonly input: JsonValue
  }[]
  readonly results: readonly { readonly id: string; readonly text: string }[]
  readonly schema: JsonValue
  readonly maxTokens: number | null
  readonly stop: readonly string[]
  readonly thinks: boolean
  readonly reasoning: string
  readonly signatures: readonly string[]
}

export interface ReceivedFile {
  readonly mediaType: string | null
  /** Base64 or address. */
  readonly data: string
  readonly filename: string | null
}

const readers: Readonly<Record<Dialect, (body: JsonObject) => Received>> = {
  openai: receivedByChat,
  'openai-responses': receivedByResponses,
  anthropic: receivedByAnthropic,
  gemini: receivedByGemini,
}

export function readReceived(dialect: Dialect, body: JsonValue | undefined): Received {
  if (!isObject(body)) throw new Error('the provider received no JSON object')
  return readers[dialect](body)
}
