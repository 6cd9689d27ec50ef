import { isObject, type JsonObject } from '../../core/json.ts'
import type { Operation } from '../../core/request.ts'
import type { Members, ReplyFacts } from '../dialect.ts'
import { failureIn, notAReply } from './failure-in-body.ts'
import { readUsage } from './usage.ts'

/**
 * What pass-through must know of a whole reply with status 2xx. Counting tokens is free of charge.
 */
export function inspectReply(operation: Operation, members: Members): ReplyFacts {
  const failure = errorAmong(members)
  if (failure !== null) return { usage: null, failure }
  if (operation === 'count-tokens') {
    const counted = typeof members.get('input_tokens') === 'number'
    return { usage: null, failure: counted ? null : notAReply() }
  }
  if (operation === 'chat' && !members.has('content')) return { usage: null, failure: notAReply() }
  return { usage: readUsage(members.get('usage')), failure: null }
}

function errorAmong(members: Members): ReplyFacts['failure'] {
  const error = members.get('error')
  if (members.get('type') !== 'error' && !isObject(error)) return null
  const body: JsonObject = { type: 'error', error }
  return failureIn(body)
}
