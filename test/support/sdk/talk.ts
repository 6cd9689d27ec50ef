import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { parseJson } from '../../../src/core/json.ts'
import type { Dialect } from '../../../src/core/request.ts'

/** What a test wants asked, in no dialect: each client says it in the idiom of its SDK. */
export interface Ask {
  readonly model: string
  readonly system?: string
  /** Only where the dialect has developer messages. */
  readonly developer?: string
  readonly turns: readonly Turn[]
  readonly tools?: readonly AskedTool[]
  readonly choice?: 'none' | 'required' | { readonly tool: string }
  readonly oneCallAtMost?: true
  readonly schema?: JsonObject
  readonly maxTokens?: number
  readonly stop?: readonly string[]
  /** Reasoning of the lowest effort, and all that is needed to give it back. */
  readonly thinks?: true
  readonly signal?: AbortSignal
}

export type Turn =
  | { readonly from: 'user'; readonly text: string; readonly files?: readonly AskedFile[] }
  /** What the model said before, given back the way users of the SDK do it. */
  | { readonly from: 'model'; readonly said: Said }
  | { readonly from: 'tool'; readonly call: Call; readonly output: string }

export interface AskedFile {
  readonly mediaType: string
  readonly filename?: string
  /** Base64, or an address. */
  readonly data: string | URL
}

export interface AskedTool {
  readonly name: string
  readonly description: string
  readonly schema: JsonObject
}

export interface Call {
  readonly id: string
  readonly name: string
  readonly input: JsonValue
}

export type Finish = 'stop' | 'length' | 'tools' | 'filtered' | 'other'

/** As users of each SDK count: cached tokens within the input, reasoning within the output. */
export interface Counted {
  readonly input: number
  readonly cached: number
  readonly output: number
  readonly reasoning: number
}

/** What an SDK made of a reply. */
export interface Said {
  text: string
  refusal: string
  reasoning: string
  calls: Call[]
  finish: Finish
  usage: Counted | null
  /** The model as the reply names it. */
  model: string
  /** Of a whole reply, as far as the SDK shows them. */
  headers: Readonly<Record<string, string>>
  /** Pieces of text as they came; none of a whole reply. */
  pieces: string[]
  /** How many pieces the arguments of tool calls came in. */
  argumentPieces: number
}

/** What an SDK raised, as its users tell errors apart. */
export interface Raised {
  readonly name: string
  /** null in the middle of a stream. */
  readonly status: number | null
  readonly message: string
  /** Seconds, as the SDK shows them; null where there are none. */
  readonly retryAfter: string | null
  /** The error's own word for what happened: a code, a type, a status in capitals. */
  readonly word: string | null
}

/** One way of using one SDK. */
export interface Client {
  readonly name: string
  readonly dialect: Dialect
  /** The SDK gives reasoning back with the proof its provider wants to see. */
  readonly keepsSignatures: boolean
  whole(ask: Ask): Promise<Said>
  /** `began` is called at each event, so that a test can interrupt. */
  streamed(ask: Ask, began?: () => void): Promise<Said>
  /** How the SDK names an error of this status; null for one in the middle of a stream. */
  errorName(status: number | null): string
  /** null when the error is none of the SDK's own. */
  raised(error: unknown): Raised | null
}

export function nothingSaid(): Said {
  return {
    text: '',
    refusal: '',
    reasoning: '',
    calls: [],
    finish: 'other',
    usage: null,
    model: '',
    headers: {},
    pieces: [],
    argumentPieces: 0,
  }
}

export function heard(said: Said, text: string | null | undefined): void {
  if (text) said.pieces.push(text)
}

export function argumentsOf(text: string): JsonValue {
  return parseJson(text) ?? text
}

/** A field the SDK's types do not know. */
export function textOf(owner: object | undefined, key: string): string {
  const found: unknown = owner === undefined ? undefined : Reflect.get(owner, key)
  return typeof found === 'string' ? found : ''
}

export function dataUrl({ mediaType, data }: AskedFile): string {
  return typeof data === 'string' ? `data:${mediaType};base64,${data}` : data.href
}
