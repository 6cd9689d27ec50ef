import type { JsonObject } from '../../core/json.ts'
import type { Dialect } from '../../core/request.ts'
import type { ErrorKind } from '../behaviour/error-kinds.ts'
import { errorKinds } from '../behaviour/error-kinds.ts'
import { anthropicError } from './anthropic-error.ts'
import type { ErrorContext } from './explain-error.ts'
import { geminiError } from './gemini-error.ts'
import { openAiError } from './openai-error.ts'

const writers: Readonly<Record<Dialect, (kind: ErrorKind, context: ErrorContext) => JsonObject>> = {
  openai: openAiError,
  'openai-responses': openAiError,
  anthropic: anthropicError,
  gemini: geminiError,
}

export function errorBody(dialect: Dialect, kind: ErrorKind, context: ErrorContext): JsonObject {
  return writers[dialect](kind, context)
}

/** Statuses that differ from the usual one of the kind. */
const statuses: Readonly<Record<Dialect, Partial<Record<ErrorKind, number>>>> = {
  openai: { overloaded: 503 },
  'openai-responses': { overloaded: 503 },
  anthropic: {},
  gemini: { auth: 400, billing: 400, overloaded: 503 },
}

/** The status a dialect sends for a kind of error. */
export function errorStatus(dialect: Dialect, kind: ErrorKind): number {
  return statuses[dialect][kind] ?? errorKinds[kind]
}

/** What stands in front of a provider answers 502 by itself, in HTML. */
export const badGatewayPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n' +
  '<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>mock</center>\r\n</body>\r\n</html>\r\n'
