import { type Failure, failure } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { arrayAt, isObject, stringAt } from '../../core/json.ts'
import { noUsage, type Usage } from '../../core/reply.ts'
import type { Operation } from '../../core/request.ts'
import type { Members, ReplyFacts } from '../dialect.ts'
import { classifyEmbedded } from './classify-failure.ts'
import { embeddedError, readErrorBody } from './error-body.ts'
import { breakdownOf } from './finish-reason.ts'
import { usageOfBody } from './usage.ts'

/**
 * Members one of which every reply to the operation has; operations not named here vary too much.
 */
const essential: Partial<Record<Operation, readonly string[]>> = {
  chat: ['choices'],
  completion: ['choices'],
  embedding: ['data', 'embeddings', 'embedding'],
}

/** What pass-through must know of a whole reply with status 2xx. */
export function inspectReply(operation: Operation, members: Members): ReplyFacts {
  const counted = usageOfBody({ usage: members.get('usage'), x_groq: members.get('x_groq') })
  const usage = operation === 'image' ? withImages(counted, members) : counted
  if (members.has('error') && embeddedError(errorPart(members)) !== null) {
    return { usage, failure: classifyEmbedded(errorPart(members)) }
  }
  const names = essential[operation]
  if (names !== undefined && !names.some((name) => members.has(name))) {
    return { usage, failure: notAReply(errorPart(members), operation) }
  }
  return { usage, failure: choiceFailure(members) }
}

/** Older image models count no tokens: they are billed by the image. */
function withImages(usage: Usage | null, members: Members): Usage | null {
  const made = arrayAt({ data: members.get('data') }, 'data').filter(
    (image) => stringAt(image, 'url') !== null || stringAt(image, 'b64_json') !== null,
  )
  return made.length === 0 ? usage : { ...(usage ?? noUsage), images: made.length }
}

/** OpenRouter reports an upstream that broke off inside the choice, with status 200. */
function choiceFailure(members: Members): Failure | null {
  const [choice] = arrayAt({ choices: members.get('choices') }, 'choices')
  if (!isObject(choice)) return null
  const error = embeddedError(choice)
  if (error !== null) return classifyEmbedded(error)
  const reason = choice['finish_reason']
  const broken = typeof reason === 'string' ? breakdownOf(reason) : null
  return broken === null
    ? null
    : failure(broken, `The provider broke the reply off with finish reason "${reason}".`)
}

function notAReply(said: JsonObject, operation: Operation): Failure {
  if (readErrorBody(said).message !== null) return classifyEmbedded(said)
  return failure(
    'malformed_reply',
    `The provider answered with something that is no ${operation} reply.`,
  )
}

const errorNames = ['error', 'code', 'type', 'message', 'detail']

function errorPart(members: Members): JsonObject {
  return Object.fromEntries(errorNames.map((name) => [name, members.get(name)]))
}
