import { failure } from '../../core/failure.ts'
import type { Operation } from '../../core/request.ts'
import type { Members, ReplyFacts } from '../dialect.ts'
import { failureIn } from './reply-status.ts'
import { readUsage } from './usage.ts'

/** Usage of a whole reply, and whether it is one. Counting tokens uses none. */
export function inspectReply(operation: Operation, members: Members): ReplyFacts {
  const status = members.get('status')
  const error = members.get('error')
  const problem = failureIn({ status, error })
  const usage = readUsage(members.get('usage'))
  if (problem !== null) return { usage, failure: problem }
  const needed = operation === 'count-tokens' ? 'input_tokens' : 'output'
  if (members.has(needed)) return { usage, failure: null }
  const message = `The provider answered with a body that holds no ${needed}.`
  return { usage, failure: failure('malformed_reply', message) }
}
