import { type Failure, type FailureClass, failure } from '../../core/failure.ts'
import { isObject, type JsonValue, stringAt } from '../../core/json.ts'
import type { UpstreamError } from '../dialect.ts'
import {
  classifyEmbedded,
  classifyFailure as classifyOpenAiFailure,
} from '../openai/classify-failure.ts'
import { readErrorText } from '../openai/error-body.ts'

/** Maps an error answer to a failure: OpenAI's errors, and those about state this API keeps. */
export function classifyFailure(error: UpstreamError): Failure {
  const found = classifyOpenAiFailure(error)
  if (error.status >= 400 && error.status < 500 && keptElsewhere(readErrorText(error.body).words)) {
    // Another account gave the id or the encrypted reasoning: the target that did can answer.
    return { ...failure('invalid_request', found.message, { retry: 'other' }), ...at(found) }
  }
  return found
}

/** What is said of an id, or of encrypted reasoning, that this account did not give. */
function keptElsewhere(words: string): boolean {
  return (
    /previous_response_not_found|invalid_encrypted_content/.test(words) ||
    /(?:previous response|item|conversation) with (?:id )?\S+ (?:was )?not found/i.test(words) ||
    /encrypted content .*could not be/i.test(words)
  )
}

const at = ({ upstreamStatus, param }: Failure) => ({ upstreamStatus, param })

/**
 * An error inside a reply: `{"type":"error",…}`, a response with `status: failed`, or a body that is
 * an error in spite of status 200. There is no status to go by, so this API's codes decide first.
 */
export function classifyReplyError(error: JsonValue): Failure {
  const inner = isObject(error) && isObject(error['error']) ? error['error'] : error
  const found = classifyEmbedded(error)
  const known = classOfCode(stringAt(inner, 'code') ?? '')
  return known === null ? found : { ...failure(known, found.message), ...at(found) }
}

function classOfCode(code: string): FailureClass | null {
  // "Invalid prompt" is said of what the safety system refuses, not of what is malformed.
  if (/^(?:invalid_prompt|\w+_policy|\w+_policy_violation)$/.test(code)) return 'content_filtered'
  if (/image/.test(code)) return 'invalid_request'
  if (code === 'slow_down') return 'overloaded'
  return code === 'vector_store_timeout' ? 'timeout' : null
}
