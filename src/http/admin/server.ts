import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Secret } from '../../core/catalog.ts'
import type { LimitDesk } from '../../gateway/limit-desk.ts'
import type { Clock } from '../../gateway/ports.ts'
import { type BodyReader, createBodyReader } from '../read-body.ts'
import { refuseSocket } from '../refuse-socket.ts'
import { adminAccess } from './access.ts'
import { refuse, secure } from './answer.ts'
import { turnedAway } from './gate.ts'
import type { Answering } from './listener.ts'
import type { OwnHosts } from './own-host.ts'
import { createWrongTokens } from './wrong-tokens.ts'

export interface AdminApi {
  readonly token: Secret
  /** Under which names it is called; may change while it serves. */
  readonly hosts: () => OwnHosts
  readonly limits: LimitDesk
  readonly clock: Clock
  readonly onInternalError: (error: unknown) => void
}

export interface AdminServer {
  readonly server: Server
  /** Takes no more calls, lets those under way end, but not for long. */
  close(): Promise<void>
}

/** More than operators and their programs ever have. */
const mostConnections = 512
const lastWordsMs = 1_000

/** The admin API. Whoever calls passes the gate first; only then is a path looked at. */
export function createAdminServer(api: AdminApi): AdminServer {
  const { clock, hosts, onInternalError } = api
  const bodies = createBodyReader(clock.monotonicMs)
  const gate = { access: adminAccess(api.token), hosts, wrongTokens: createWrongTokens(clock) }
  let opening: Promise<Answering> | null = null
  const answering = new WeakSet<Duplex>()
  const onRequest = async (message: IncomingMessage, response: ServerResponse) => {
    const { socket } = message
    answering.add(socket)
    response.once('close', () => answering.delete(socket))
    secure(response)
    const problem = await turnedAway(message, gate)
    if (problem === null) {
      opening ??= openAnswering(api, bodies.read)
      return (await opening)(message, response)
    }
    // Nobody we do not know sends us a body.
    response.setHeader('connection', 'close')
    refuse(response, problem)
  }
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 16 * 1024,
      // The gate says itself what is wrong with a call that names no host.
      requireHostHeader: false,
    },
    (message, response) => {
      onRequest(message, response).catch((error: unknown) => {
        onInternalError(error)
        response.destroy()
      })
    },
  )
  server.maxConnections = mostConnections
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // An error written into another answer would be taken for a part of it.
    if (answering.has(socket)) socket.destroy()
    else refuseSocket(error, socket)
  })
  return {
    server,
    close() {
      bodies.stop()
      return new Promise((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), lastWordsMs)
        server.close(() => {
          clearTimeout(late)
          resolve()
        })
        server.closeIdleConnections()
      })
    },
  }
}

/** Loaded for the first who is let in: most gateways run for days before anybody asks. */
async function openAnswering(api: AdminApi, readBody: BodyReader): Promise<Answering> {
  const { answerCalls } = await import('./listener.ts')
  return answerCalls(api, readBody)
}
