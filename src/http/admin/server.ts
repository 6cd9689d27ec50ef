import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { Secret } from '../../core/catalog.ts'
import type { LimitDesk } from '../../gateway/limit-desk.ts'
import type { Clock } from '../../gateway/ports.ts'
import { createBodyReader } from '../read-body.ts'
import { refuseSocket } from '../refuse-socket.ts'
import { adminAccess } from './access.ts'
import { type AdminApp, type AdminEnvironment, json, refused, serveOn } from './admin-app.ts'
import { refuse, secure } from './answer.ts'
import { operations } from './contract/operations.ts'
import { turnedAway } from './gate.ts'
import { serveLimits } from './limits.ts'
import { openApiDocument, openApiPath } from './openapi.ts'
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
  const app = adminApp(api, bodies.read)
  const gate = { access: adminAccess(api.token), hosts, wrongTokens: createWrongTokens(clock) }
  const listener = getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  })
  const answering = new WeakSet<Duplex>()
  const onRequest = async (message: IncomingMessage, response: ServerResponse) => {
    const { socket } = message
    answering.add(socket)
    response.once('close', () => answering.delete(socket))
    secure(response)
    const problem = await turnedAway(message, gate)
    if (problem === null) return listener(message, response)
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

function adminApp(api: AdminApi, readBody: ReturnType<typeof createBodyReader>['read']): AdminApp {
  const app: AdminApp = new Hono<AdminEnvironment>({
    // As it was sent: there is no second spelling of a path.
    getPath: (_request, options) => options?.env?.incoming.url?.split('?')[0] ?? '',
  })
  const document = openApiDocument()
  app.get(openApiPath, (context) => json(context, 200, document))
  serveLimits(serveOn(app, readBody), api.limits, api.clock.nowMs)
  app.notFound((context) => {
    const { method, path } = context.req
    const allowed = operations.flatMap((one) => (one.path === path ? [one.method] : []))
    if (path === openApiPath) allowed.push('GET')
    if (allowed.length === 0) {
      const message = `There is nothing at this path: ${openApiPath} lists what there is.`
      return refused(context, { code: 'not_found', message, field: null })
    }
    context.header('allow', [...new Set(allowed)].join(', '))
    const message = `This path takes ${[...new Set(allowed)].join(', ')}, not ${method}.`
    return refused(context, { code: 'method_not_allowed', message, field: null })
  })
  app.onError((error, context) => {
    api.onInternalError(error)
    const message = 'The gateway failed; its log says why.'
    return refused(context, { code: 'internal', message, field: null })
  })
  return app
}
