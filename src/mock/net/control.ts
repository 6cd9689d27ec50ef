import type { MockReply } from '../wire/reply.ts'
import { jsonBody } from '../wire/reply.ts'
import type { WritableLog } from './log.ts'

/** Answers the paths by which a test looks into the mock; null for all others. They are not logged. */
export function controlReply(method: string, target: string, log: WritableLog): MockReply | null {
  switch (`${method} ${target}`) {
    case 'GET /__health':
      return { status: 200, headers: [], body: jsonBody({ ok: true }) }
    case 'GET /__log':
      return { status: 200, headers: [], body: jsonBody(log.entries) }
    case 'DELETE /__log':
      log.clear()
      return { status: 200, headers: [], body: jsonBody({ ok: true }) }
    default:
      return null
  }
}
