import { objectAt, stringAt } from '../../core/json.ts'
import type { Dialect } from '../../core/request.ts'
import type { ReplyFrame } from '../wire/frame.ts'
import { errorBody } from './error-body.ts'
import type { WantedError } from './error-reply.ts'
import type { ErrorContext } from './explain-error.ts'

/** An error inside a stream that has begun, as the dialect words it. */
export function streamError(
  dialect: Dialect,
  { kind }: WantedError,
  context: ErrorContext,
  tokens: number,
): ReplyFrame {
  const body = errorBody(dialect, kind, context)
  const frame = { part: 'structure', tokens } as const
  if (dialect === 'anthropic') return { ...frame, event: 'error', data: JSON.stringify(body) }
  if (dialect !== 'openai-responses') return { ...frame, event: null, data: JSON.stringify(body) }
  const error = objectAt(body, 'error') ?? undefined
  const data = JSON.stringify({
    type: 'error',
    code: stringAt(error, 'code') ?? stringAt(error, 'type'),
    message: stringAt(error, 'message'),
    param: null,
    sequence_number: tokens + 1,
  })
  return { ...frame, event: 'error', data }
}
