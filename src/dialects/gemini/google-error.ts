import { isObject, type JsonValue } from '../../core/json.ts'
import { field, listField, numberField, objectField, textField } from './fields.ts'

/** A `google.rpc.Status` as JSON, flattened to what decides. */
export interface GoogleError {
  readonly code: number | null
  /** `INVALID_ARGUMENT`, …; '' where there is none. */
  readonly status: string
  /** Without anything that looks like a key; '' where there is none. */
  readonly message: string
  /** Of all ErrorInfo details: `API_KEY_INVALID`, `SERVICE_DISABLED`, … */
  readonly reasons: readonly string[]
  /** Names of the limits that were hit: `GenerateRequestsPerDayPerProjectPerModel`, … */
  readonly quotas: readonly string[]
  readonly retryDelayMs: number | null
  /** The first field named by a BadRequest detail. */
  readonly param: string | null
}

/** Reads an error body: `{error}`, `[{error}]` (streams not asked for as SSE), or none at all. */
export function readGoogleError(body: JsonValue | undefined): GoogleError {
  const first = Array.isArray(body) ? body[0] : body
  const error = field(first, 'error') ?? first
  const details = listField(error, 'details')
  const named = details.flatMap((detail) => textField(detail, 'reason') ?? [])
  const quotas = details.flatMap((detail) => [
    ...listField(detail, 'violations').flatMap((it) => textField(it, 'quotaId') ?? []),
    textField(objectField(detail, 'metadata'), 'quotaLimit') ?? [],
  ])
  return {
    code: numberField(error, 'code'),
    status: textField(error, 'status')?.toUpperCase() ?? '',
    message: withoutKeys(messageOf(error)),
    reasons: named,
    quotas: quotas.flat(),
    retryDelayMs: firstOf(details, (detail) => durationMs(textField(detail, 'retryDelay'))),
    param: firstOf(details, (detail) =>
      firstOf(listField(detail, 'fieldViolations'), (it) => textField(it, 'field') || null),
    ),
  }
}

function messageOf(error: JsonValue | undefined): string {
  if (typeof error === 'string') return error
  return isObject(error) ? (textField(error, 'message') ?? '') : ''
}

/** Google quotes the key it refuses in some messages. */
function withoutKeys(message: string): string {
  return message.replace(/\bAIz[\w-]{8,}/g, '[key]')
}

/** A protobuf duration in JSON: "17s", "0.5s". */
function durationMs(text: string | null): number | null {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text ?? '')?.[1]
  return seconds === undefined ? null : Math.ceil(Number(seconds) * 1000)
}

function firstOf<T>(values: readonly JsonValue[], read: (value: JsonValue) => T | null): T | null {
  for (const value of values) {
    const found = read(value)
    if (found !== null) return found
  }
  return null
}
