import { type Failure, failure } from '../../core/failure.ts'
import type { Operation } from '../../core/request.ts'
import type { Members, ReplyFacts } from '../dialect.ts'
import { classifyErrorBody } from './classify-failure.ts'
import { blockedPrompt } from './prompt-feedback.ts'
import { noReply } from './read-reply.ts'
import { readUsage } from './usage.ts'

/** What pass-through must know of a whole reply: its usage, and whether it is a reply at all. */
export function inspectReply(operation: Operation, members: Members): ReplyFacts {
  const error = members.get('error') ?? undefined
  if (error !== undefined) return { usage: null, failure: classifyErrorBody(error) }
  const usage = readUsage(members.get('usageMetadata') ?? members.get('usage_metadata'))
  return { usage, failure: missing(operation, members) }
}

function missing(operation: Operation, members: Members): Failure | null {
  if (operation === 'count-tokens')
    return members.has('totalTokens') ? null : without('totalTokens')
  if (operation === 'embedding') {
    return members.has('embedding') || members.has('embeddings') ? null : without('embedding')
  }
  if (operation !== 'chat') return null
  const candidates = members.get('candidates')
  if (Array.isArray(candidates) && candidates.length > 0) return null
  const promptFeedback = members.get('promptFeedback') ?? members.get('prompt_feedback')
  return blockedPrompt({ promptFeedback }) ?? noReply()
}

function without(name: string): Failure {
  return failure('malformed_reply', `The provider's answer has no ${name}.`, {
    upstreamStatus: 200,
  })
}
