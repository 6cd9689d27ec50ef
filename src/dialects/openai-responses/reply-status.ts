import { type Failure, failure } from '../../core/failure.ts'
import { type JsonObject, objectAt, stringAt } from '../../core/json.ts'
import type { FinishReason } from '../../core/reply.ts'
import { embeddedError } from '../openai/error-body.ts'
import { classifyReplyError } from './classify-failure.ts'

/** How a response ended; `tools` and `refused` tell what its output held. */
export function finishOf(
  response: JsonObject,
  output: { readonly tools: boolean; readonly refused: boolean },
): FinishReason {
  const reason = stringAt(objectAt(response, 'incomplete_details') ?? {}, 'reason')
  if (reason !== null || response['status'] === 'incomplete') return finishOfReason(reason)
  if (output.refused) return 'refusal'
  return output.tools ? 'tool-calls' : 'stop'
}

function finishOfReason(reason: string | null): FinishReason {
  if (/token|length/.test(reason ?? '')) return 'length'
  return /filter|policy|safety/.test(reason ?? '') ? 'content-filter' : 'other'
}

/** Why a response is no answer, whatever status it came with; null when it is one. */
export function failureIn(response: JsonObject): Failure | null {
  const status = stringAt(response, 'status')
  if (embeddedError(response) !== null) return classifyReplyError(response)
  if (status === 'failed') return failure('server_error', 'The provider failed without saying why.')
  if (status === 'cancelled') return failure('server_error', 'The provider cancelled the reply.')
  return null
}
