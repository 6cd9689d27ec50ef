import { type Failure, failed, failure, type Outcome, ok } from '../core/failure.ts'
import { isObject, parseJson } from '../core/json.ts'
import type { Learning } from '../core/learn/learning.ts'

/** Longer than an id and a score can be. */
export const feedbackLimitBytes = 16 * 1024

const form = 'Send { "id": "wb_…", "score": 0.8 }'

/** An answer, or why there is none; `status` where HTTP has a better one than the class of the failure. */
export type FeedbackAnswer =
  | { readonly ok: true; readonly value: object }
  | { readonly ok: false; readonly failure: Failure; readonly status?: number }

/**
 * `POST /v1/feedback`: how good the reply of a waybill was. A client rates its own requests only; those
 * of others do not exist for it. `nowMs` is monotonic.
 */
export function answerFeedback(
  client: string,
  body: Uint8Array,
  learning: Pick<Learning, 'rate'>,
  nowMs: number,
): FeedbackAnswer {
  const read = readFeedback(body)
  if (!read.ok) return read
  const { id, score } = read.value
  if (learning.rate({ id, score, client }, nowMs)) return ok({ id, score })
  const message = `Nothing is to be rated under ${id}: feedback is for replies of the last hour, to you, from a model whose strategy is adaptive.`
  return { ok: false, failure: failure('invalid_request', message, { param: 'id' }), status: 404 }
}

interface Feedback {
  readonly id: string
  readonly score: number
}

function readFeedback(body: Uint8Array): Outcome<Feedback> {
  const parsed = parseJson(Buffer.from(body).toString('utf8'))
  if (!isObject(parsed)) return invalid(`The body is not a JSON object. ${form}.`)
  const { id, score } = parsed
  if (typeof id !== 'string' || !/^wb_[\w-]{1,100}$/.test(id)) {
    return invalid(`"id" must be the x-waybill-id of a reply. ${form}.`, 'id')
  }
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    return invalid(`"score" must be a number from 0 (useless) to 1 (perfect). ${form}.`, 'score')
  }
  return ok({ id, score })
}

function invalid(message: string, param: string | null = null) {
  return failed(failure('invalid_request', message, { param }))
}
