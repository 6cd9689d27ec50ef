import type { Dialect } from '../../core/request.ts'
import type { Trouble } from '../behaviour/behaviour.ts'
import type { ErrorKind } from '../behaviour/error-kinds.ts'
import { errorKindOf } from '../behaviour/error-kinds.ts'
import type { Header, MockReply } from '../wire/reply.ts'
import { jsonBody } from '../wire/reply.ts'
import { requestId } from '../wire/reply-headers.ts'
import { badGatewayPage, errorBody, errorStatus } from './error-body.ts'
import type { ErrorContext } from './explain-error.ts'
import { retryAfterHeader, retryAfterSeconds } from './retry-after.ts'

/** The error a behaviour asks for, or null when it asks for none. */
export interface WantedError {
  readonly kind: ErrorKind
  readonly status: number
}

export function wantedError(dialect: Dialect, trouble: Trouble): WantedError | null {
  const { status, error } = trouble
  if (error !== null) return { kind: error, status: status ?? errorStatus(dialect, error) }
  return status === null ? null : { kind: errorKindOf(status), status }
}

export function errorContext(
  wanted: WantedError,
  model: string,
  id: string,
  trouble: Trouble,
): ErrorContext {
  return {
    status: wanted.status,
    model,
    retryAfterS: retryAfterSeconds(trouble.retryAfter),
    requestId: requestId(id),
  }
}

/** An answer that is an error, redirect or failing proxy, as the dialect's provider sends it. */
export function errorReply(
  dialect: Dialect,
  wanted: WantedError,
  context: ErrorContext,
  trouble: Trouble,
  nowMs: number,
): MockReply {
  const { kind, status } = wanted
  if (status < 400) return redirect(status, trouble.location ?? '/elsewhere')
  const headers = retryHeaders(dialect, trouble.retryAfter, nowMs)
  if (kind === 'bad-gateway' && trouble.error === null) return htmlReply(status, headers)
  if (isBlockedPrompt(dialect, kind, trouble)) {
    const promptFeedback = { blockReason: 'PROHIBITED_CONTENT' }
    return { status: 200, headers, body: jsonBody({ promptFeedback, modelVersion: context.model }) }
  }
  return { status, headers, body: jsonBody(errorBody(dialect, kind, context)) }
}

/** Gemini answers 200 and no candidates where others answer 400. */
function isBlockedPrompt(dialect: Dialect, kind: ErrorKind, trouble: Trouble): boolean {
  return dialect === 'gemini' && kind === 'content-filter' && trouble.status === null
}

function redirect(status: number, location: string): MockReply {
  const body = { kind: 'whole', contentType: 'text/plain', bytes: '', tokens: 0 } as const
  return { status, headers: [['location', location]], body }
}

function htmlReply(status: number, headers: readonly Header[]): MockReply {
  const body = {
    kind: 'whole',
    contentType: 'text/html',
    bytes: badGatewayPage,
    tokens: 0,
  } as const
  return { status, headers, body }
}

/** Gemini writes plain seconds into the body; what cannot go there goes into the header for it too. */
function retryHeaders(dialect: Dialect, setting: string | null, nowMs: number): Header[] {
  const value = retryAfterHeader(setting, nowMs)
  if (value === null) return []
  if (dialect === 'gemini' && retryAfterSeconds(setting) !== null) return []
  return [['retry-after', value]]
}
