import { type Failure, failure } from '../../core/failure.ts'
import { isObject, type JsonValue } from '../../core/json.ts'
import { classifySaid, sayingOf } from './classify-failure.ts'

/** The error a body or event holds in spite of its status 200; null when it holds none. */
export function failureIn(body: JsonValue): Failure | null {
  if (!isObject(body)) return null
  const error = body['error']
  if (body['type'] !== 'error' && !isObject(error) && typeof error !== 'string') return null
  return classifySaid(sayingOf(null, body), null)
}

export function notAReply(): Failure {
  return failure('malformed_reply', 'The provider answered with something that is not a message.')
}
