import type { Catalog } from '../../core/catalog.ts'
import { statusOf } from '../../core/failure.ts'
import { openLimitsInForce } from '../../core/limits/limits-in-force.ts'
import { explainBody } from '../../gateway/explain-body.ts'
import { openKnowledge } from '../../gateway/knowledge.ts'
import { untouchedBooks } from '../../gateway/untouched-books.ts'
import { clientNamed } from '../client-named.ts'
import type { ExplainAnswer } from './answer.ts'

export interface OfflineQuestion {
  readonly catalog: Catalog
  /** null: somebody without a key, under the default policy. */
  readonly client: string | null
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** `{ "path", "body" }`, as `POST /v1/route/explain` takes it. */
  readonly body: Uint8Array
  /** Milliseconds since the epoch: rules look at the time of day. */
  readonly wallMs: number
}

/** Stands for the id of the request, so that equal questions have equal answers. */
const offlineId = 'wb_offline'

const nobodyWaits = { ahead: () => null, accepts: () => false }

/** What a gateway with this configuration would do with a request before it has seen any other. */
export function explainOffline(question: OfflineQuestion): ExplainAnswer {
  const { catalog, headers, wallMs, body } = question
  const client = clientNamed(question.client, catalog)
  if (typeof client === 'string') {
    return { ok: false, status: statusOf('unauthenticated'), message: client }
  }
  const nowMs = 0
  const knowledge = openKnowledge(null, nowMs, wallMs)
  const inForce = openLimitsInForce(catalog.limits ?? [], [])
  const limits = { inForce, state: untouchedBooks, room: nobodyWaits }
  const sender = {
    headers,
    loopback: true,
    ip: null,
    arrivedAtMs: wallMs,
    client,
    newId: () => offlineId,
  }
  const explained = explainBody({ catalog, knowledge, limits, nowMs }, sender, body)
  if (explained.ok) return { ok: true, explanation: explained.value }
  const { message, class: failureClass } = explained.failure
  return { ok: false, status: explained.status ?? statusOf(failureClass), message }
}
