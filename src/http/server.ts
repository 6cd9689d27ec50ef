import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AddressRange } from '../core/address.ts'
import type { Catalog } from '../core/catalog.ts'
import { type Failure, failure } from '../core/failure.ts'
import type { Dialect } from '../core/request.ts'
import { authenticate } from '../gateway/authenticate.ts'
import { framedBy } from '../gateway/endpoints.ts'
import type { Incoming, Outgoing } from '../gateway/exchange.ts'
import type { Stoppable } from '../gateway/execute.ts'
import { handleRequest, type Serving } from '../gateway/handle-request.ts'
import type { Knowledge } from '../gateway/knowledge.ts'
import type { RolledBack } from '../gateway/learn.ts'
import type { Limiting } from '../gateway/limiting.ts'
import type { Ports } from '../gateway/ports.ts'
import { createRoster } from '../gateway/roster.ts'
import { answerOther, type HealthReport, type House } from './answer-other.ts'
import { answerPosted, type Posted } from './answer-posted.ts'
import { ClientRequest } from './client-request.ts'
import { dialectOf } from './dialect-of.ts'
import { feedbackLimitBytes } from './feedback.ts'
import { allowHalfClose, isAnswering, noteAnswer } from './half-close.ts'
import { outgoingOf } from './outgoing.ts'
import { peerOf } from './peer.ts'
import { refuse } from './plain-answers.ts'
import { createBodyReader, tooLarge } from './read-body.ts'
import { endSocket, refuseSocket } from './refuse-socket.ts'
import { plainHeaders, refusedForm } from './request-checks.ts'
import { findRoute } from './routes.ts'

/** Small enough that a client which does not read holds little, large enough for a burst of events. */
const highWaterMarkBytes = 16 * 1024

const nothing = new Uint8Array(0)

const nobody: readonly AddressRange[] = []

/** For clients that are cut off to read why; one that does not read must not hold up the end. */
const lastWordsMs = 1_000

export interface ClientApi {
  readonly ports: Ports
  readonly knowledge: Knowledge
  readonly limiting: Limiting
  readonly onRollback: (rolledBack: RolledBack) => void
  /** The catalog in force now; each request keeps the one it gets here. */
  readonly catalog: () => Catalog
  /** Largest body that is read; may change while requests are served. */
  readonly bodyLimitBytes: () => number
  readonly health: () => HealthReport
  readonly metricsText: () => Promise<{ contentType: string; text: string }>
  readonly onInternalError: (error: unknown) => void
}

export interface ClientServer {
  readonly server: Server
  /** Requests that are being answered. */
  inFlight(): number
  /** Refuses new work; resolves when none is left. */
  drain(): Promise<void>
  /** Ends what still runs with an error that its client can see. */
  abandon(): void
}

/** The client API on node:http, without a framework: bytes go in and out as they are. */
export function createClientServer(api: ClientApi): ClientServer {
  const executions = createRoster<Stoppable>()
  const bodies = createBodyReader(api.ports.clock.monotonicMs)
  let running = 0
  let draining = false
  let drained: () => void = () => {}
  const drainedOnce = new Promise<void>((resolve) => {
    drained = resolve
  })

  let latest: Serving = {
    ports: api.ports,
    catalog: api.catalog(),
    knowledge: api.knowledge,
    limiting: api.limiting,
    running: executions,
    onInternalError: api.onInternalError,
    onRollback: api.onRollback,
  }
  /** One for all requests under a catalog. */
  const servingWith = (catalog: Catalog) => {
    if (latest.catalog !== catalog) latest = { ...latest, catalog }
    return latest
  }

  const onRequest = (message: ClientRequest, response: ServerResponse) => {
    running++
    if (draining) response.setHeader('connection', 'close')
    const outgoing = outgoingOf(response, onClosed)
    noteAnswer(message.socket, outgoing)
    try {
      answer(message, response, outgoing)
    } catch (error) {
      fail(response, error, 'openai')
    }
  }

  const onClosed = ({ req }: ServerResponse) => {
    noteAnswer(req.socket, null)
    running--
    if (draining && running === 0) drained()
  }

  const answer = (message: ClientRequest, response: ServerResponse, outgoing: Outgoing) => {
    const arrivedMonotonicMs = api.ports.clock.monotonicMs()
    const { url = '' } = message
    const pathEnd = url.indexOf('?')
    const path = pathEnd < 0 ? url : url.slice(0, pathEnd)
    const query = pathEnd < 0 ? '' : url.slice(pathEnd + 1)
    const headers = plainHeaders(message)
    const dialect = dialectOf(path, headers)
    const method = message.method ?? ''
    const catalog = api.catalog()
    const peer = peerOf(message.socket, catalog.trustedProxies ?? nobody)
    const { loopback } = peer
    const bad = refusedForm(message, headers)
    if (bad !== null) return turnAway(response, bad, dialect)
    const route = findRoute(method, path)
    if (route.to === 'posted') {
      const asked = { method, path, query, headers, loopback, ip: peer.ipOf(headers) }
      return takePosted(message, response, route.what, asked)
    }
    if (route.to !== 'endpoint') {
      message.resume()
      return answerOther(response, route, { method, path, query, headers, loopback }, house(), {
        refuse: (problem, status) => turnAway(response, problem, dialect, status),
        fail: (error) => fail(response, error, dialect),
      })
    }
    if (draining) return turnAway(response, stopping(), dialect)
    const { endpoint, model } = route
    const arrived: Incoming & { body: Uint8Array } = {
      body: nothing,
      method,
      path,
      query,
      headers,
      endpoint: framedBy(query, endpoint),
      pathModel: model,
      loopback,
      ip: peer.ipOf(headers),
      arrivedAtMs: api.ports.clock.nowMs(),
      arrivedMonotonicMs,
    }
    const serving = servingWith(catalog)
    const caller = authenticate(arrived, catalog)
    const serve = (body: Uint8Array) => {
      arrived.body = body
      handleRequest(serving, arrived, caller, outgoing).catch((error: unknown) =>
        fail(response, error, dialect),
      )
    }
    if (!caller.ok) {
      // Turned away by its first step; nobody we do not know fills our memory with a body.
      response.setHeader('connection', 'close')
      return serve(nothing)
    }
    readBody(message, response, api.bodyLimitBytes(), dialect, serve)
  }

  const takePosted = (
    message: ClientRequest,
    response: ServerResponse,
    what: Posted['what'],
    asked: Posted['asked'],
  ) => {
    if (draining) return turnAway(response, stopping(), 'openai')
    const catalog = api.catalog()
    const { ports, knowledge, limiting } = api
    const arrivedAtMs = ports.clock.nowMs()
    const caller = authenticate(asked, catalog)
    if (!caller.ok) return refuseUnread(response, caller.failure, 'openai')
    const client = caller.value
    const limitBytes = what === 'explain' ? api.bodyLimitBytes() : feedbackLimitBytes
    readBody(message, response, limitBytes, 'openai', (body) => {
      const posted = { what, asked, client, arrivedAtMs, body }
      const { newId, clock } = ports
      const desk = { catalog, knowledge, limits: limiting, nowMs: clock.monotonicMs(), newId }
      try {
        answerPosted(response, posted, desk, (problem, status, dialect = 'openai') =>
          turnAway(response, problem, dialect, status),
        )
      } catch (error) {
        fail(response, error, 'openai')
      }
    })
  }

  const readBody = (
    message: ClientRequest,
    response: ServerResponse,
    limitBytes: number,
    dialect: Dialect,
    then: (body: Uint8Array) => void,
  ) => {
    if (Number(message.headers['content-length'] ?? 0) > limitBytes) {
      return refuseUnread(response, tooLarge(limitBytes), dialect)
    }
    bodies.readNew(message, limitBytes, (body) => {
      if (body.ok) then(body.value)
      else refuseUnread(response, body.failure, dialect)
    })
  }

  const house = (): House => ({
    catalog: api.catalog(),
    health: api.health(),
    draining,
    // Without the one that asks.
    inFlight: running - 1,
    metricsText: api.metricsText,
  })

  const fail = (response: ServerResponse, error: unknown, dialect: Dialect) => {
    api.onInternalError(error)
    if (response.headersSent) response.destroy()
    else turnAway(response, failure('internal', 'The gateway failed; its log says why.'), dialect)
  }

  /** What is left of the body would be taken for the next request. */
  const refuseUnread = (response: ServerResponse, problem: Failure, dialect: Dialect) => {
    response.setHeader('connection', 'close')
    turnAway(response, problem, dialect)
  }

  const turnAway = (
    response: ServerResponse,
    problem: Failure,
    dialect: Dialect,
    status?: number,
  ) => refuse(response, api.ports.newId(), problem, dialect, status)

  const server = createServer(
    {
      IncomingMessage: ClientRequest,
      highWaterMark: highWaterMarkBytes,
      noDelay: true,
      headersTimeout: 10_000,
      requestTimeout: 300_000,
      // We say ourselves what is wrong with a request that names no host.
      requireHostHeader: false,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 16 * 1024,
    },
    onRequest,
  )
  server.maxHeadersCount = 0
  server.timeout = 0
  allowHalfClose(server)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // An error written into another answer would be taken for a part of it.
    if (isAnswering(socket)) socket.destroy()
    else refuseSocket(error, socket)
  })
  server.on('upgrade', (_message: IncomingMessage, socket: Duplex) => {
    endSocket(
      socket,
      '426 Upgrade Required',
      'WebSockets are not served: use HTTP with "stream": true.',
    )
  })

  return {
    server,
    inFlight: () => running,
    drain() {
      draining = true
      server.close()
      server.closeIdleConnections()
      if (running === 0) drained()
      return drainedOnce.then(() => bodies.stop())
    },
    abandon() {
      for (const execution of executions.members()) execution.stopServing()
      bodies.giveUp(stopping())
      setTimeout(() => server.closeAllConnections(), lastWordsMs).unref()
    },
  }
}

function stopping(): Failure {
  return failure('shutting_down', 'This gateway is stopping.')
}
