import { type Failure, failure } from '../../core/failure.ts'
import type { JsonValue } from '../../core/json.ts'
import { field, objectField, textField } from './fields.ts'

/** The failure of a prompt that was refused before the model saw it; null where it was not. */
export function blockedPrompt(chunk: JsonValue): Failure | null {
  const feedback = objectField(chunk, 'promptFeedback')
  const reason = field(feedback, 'blockReason')
  if (reason === undefined || reason === 0 || reason === 'BLOCKED_REASON_UNSPECIFIED') return null
  const detail = textField(feedback, 'blockReasonMessage')
  return failure(
    'content_filtered',
    `The provider blocked the prompt (${String(reason)})${detail ? `: ${detail}` : '.'}`,
    { upstreamStatus: 200 },
  )
}
