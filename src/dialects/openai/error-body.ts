import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject, numberAt, objectAt, parseJson, stringAt } from '../../core/json.ts'

/** What an error answer says, in whichever shape it came. */
export interface ErrorBody {
  /** For people; null where the body has none. */
  readonly message: string | null
  readonly code: string
  readonly type: string
  readonly param: string | null
  /** A status inside the body: errors in streams and wrapped upstream errors have no other. */
  readonly status: number | null
  /** Code, type and messages together, to look for words in. */
  readonly words: string
}

/** Reads the body of an error answer; text that is no JSON is the message itself. */
export function readErrorText(body: string): ErrorBody {
  const parsed = parseJson(body)
  if (parsed !== undefined && typeof parsed === 'object' && parsed !== null) {
    return readErrorBody(parsed)
  }
  const message = /<(?:html|!doctype|head)\b/i.test(body) ? titleOf(body) : body.trim()
  return errorBody({}, message === '' ? null : message.slice(0, 500))
}

/**
 * `{"error":{…}}` (OpenAI and most), `{"error":"…","code":"…"}` (xAI), `{"detail":…}` and
 * `{"message":…}` (Mistral, Cohere, Cerebras), any of them in an array (Gemini's OpenAI endpoint).
 */
export function readErrorBody(body: JsonValue): ErrorBody {
  if (Array.isArray(body)) return readErrorBody(body.find(isObject) ?? {})
  if (!isObject(body)) return errorBody({}, typeof body === 'string' ? body : null)
  const error = body['error']
  if (isObject(error)) {
    const wrapped = wrappedWords(error)
    const message = [messageOf(error) ?? '', wrapped].filter((words) => words !== '').join(': ')
    return errorBody(error, message === '' ? null : message)
  }
  return errorBody(body, typeof error === 'string' ? error : messageOf(body))
}

/** The error inside a body with status 200, or null: providers also send `error: null` and `{}`. */
export function embeddedError(body: JsonObject): JsonObject | null {
  const error = body['error']
  if (typeof error === 'string') return error === '' ? null : body
  if (isObject(error)) return Object.keys(error).length === 0 ? null : body
  return null
}

function errorBody(error: JsonObject, message: string | null): ErrorBody {
  const code = textOf(error['code'])
  const type = textOf(error['type']) || textOf(error['error_type']) || textOf(error['status'])
  const inner = textOf(objectAt(error, 'innererror')?.['code'])
  return {
    message,
    code,
    type,
    param: stringAt(error, 'param'),
    status: statusIn(error, code),
    words: [code, type, inner, message ?? ''].filter((word) => word !== '').join('\n'),
  }
}

function messageOf(error: JsonObject): string | null {
  const message = error['message'] ?? error['detail'] ?? error['error_message']
  if (typeof message === 'string') return message === '' ? null : message
  if (message === undefined || message === null) return null
  const first = Array.isArray(message) ? message[0] : message
  return stringAt(first, 'msg') ?? stringAt(first, 'message') ?? JSON.stringify(message)
}

/** OpenRouter keeps the upstream's own words in `metadata.raw`, as text or as JSON text. */
function wrappedWords(error: JsonObject): string {
  const raw = objectAt(error, 'metadata')?.['raw']
  if (typeof raw !== 'string') return ''
  const parsed = parseJson(raw)
  if (!isObject(parsed) && !Array.isArray(parsed)) return raw
  const { code, message } = readErrorBody(parsed)
  return [code, message ?? ''].filter((words) => words !== '').join(': ')
}

function statusIn(error: JsonObject, code: string): number | null {
  const candidates = [
    numberAt(error, 'status_code'),
    numberAt(error, 'status'),
    /^\d{3}$/.test(code) ? Number(code) : null,
  ]
  return candidates.find((status) => status !== null && status >= 400 && status < 600) ?? null
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : ''
}

function titleOf(html: string): string {
  return /<title[^>]*>([^<]*)</i.exec(html)?.[1]?.trim() ?? ''
}
