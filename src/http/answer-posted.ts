import type { ServerResponse } from 'node:http'
import type { Catalog, Client } from '../core/catalog.ts'
import type { Failure } from '../core/failure.ts'
import type { Dialect } from '../core/request.ts'
import type { Incoming } from '../gateway/exchange.ts'
import { explainBody } from '../gateway/explain-body.ts'
import type { LimitsSeen } from '../gateway/explain-request.ts'
import type { Knowledge } from '../gateway/knowledge.ts'
import type { Ports } from '../gateway/ports.ts'
import type { Asked } from './answer-other.ts'
import { answerFeedback } from './feedback.ts'
import { answerJson } from './plain-answers.ts'

/** Something that is sent to Waybill itself. */
export interface Posted {
  readonly what: 'explain' | 'feedback'
  readonly asked: Asked & Pick<Incoming, 'ip'>
  readonly client: Client
  readonly arrivedAtMs: number
  readonly body: Uint8Array
}

/** What these answers are made of. */
export interface Desk extends Pick<Ports, 'newId'> {
  readonly catalog: Catalog
  readonly knowledge: Knowledge
  readonly limits: LimitsSeen
  /** Monotonic milliseconds. */
  readonly nowMs: number
}

export type RefusePosted = (problem: Failure, status?: number, dialect?: Dialect) => void

/** `POST /v1/route/explain` and `POST /v1/feedback`: both leave no record. */
export function answerPosted(
  response: ServerResponse,
  { what, asked, client, arrivedAtMs, body }: Posted,
  desk: Desk,
  refuse: RefusePosted,
): void {
  const { knowledge, nowMs, newId } = desk
  if (what === 'feedback') {
    const answered = answerFeedback(client.name, body, knowledge.learning, nowMs)
    if (answered.ok) answerJson(response, 200, answered.value)
    else refuse(answered.failure, answered.status)
    return
  }
  const { headers, loopback, ip } = asked
  const sender = { headers, loopback, ip, arrivedAtMs, client, newId }
  const explained = explainBody(desk, sender, body)
  if (!explained.ok) {
    refuse(explained.failure, explained.status, explained.dialect)
    return
  }
  response.setHeader('x-waybill-id', explained.value.id)
  answerJson(response, 200, explained.value)
}
