import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { setImmediate as immediate } from 'node:timers/promises'
import { atEvents, type Borders, pieces } from './replay-borders.ts'
import { type Exchange, seedOf } from './replay-corpus.ts'

/** A request as the replaying provider received it. */
export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface ReplayServer {
  readonly origin: string
  /** Where the next replies are cut. Whole replies are cut only where this is set. */
  borders: Borders | null
  /** Rewrites a recording before it is served. */
  change: (exchange: Exchange) => Exchange
  /** Takes out what was asked for a recording since the last time. */
  take(id: string): SeenRequest[]
  close(): void
}

/** What a provider's edge adds, which a gateway must not hand on. */
export const edgeHeaders: OutgoingHttpHeaders = {
  'set-cookie': ['__cf_bm=secret; path=/', 'session=secret'],
  'keep-alive': 'timeout=7',
  'proxy-authenticate': 'Basic',
  'alt-svc': 'h3=":443"',
  'x-waybill-id': 'forged',
}

/** What nobody has heard of yet, which a gateway must hand on. */
export const newHeaders = { 'x-new-in-2031': 'kept; as="it is"' }

/**
 * A provider that answers with recordings. The model it is asked for, in the path or the body, is
 * the id of the recording: a base address and a model name are all a gateway needs to know.
 */
export async function startReplay(exchanges: readonly Exchange[]): Promise<ReplayServer> {
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]))
  const seen = new Map<string, SeenRequest[]>()
  const server = createServer((request, response) => {
    const received: Buffer[] = []
    request.on('data', (piece: Buffer) => received.push(piece))
    request.on('end', () => {
      const body = Buffer.concat(received)
      const path = request.url ?? ''
      const id = idIn(decodeURIComponent(path)) ?? idIn(body.toString('latin1')) ?? ''
      const exchange = byId.get(id)
      if (exchange === undefined) {
        response.writeHead(418).end(`no recording is called ${id}`)
        return
      }
      seen.set(id, [...(seen.get(id) ?? []), { path, headers: request.headers, body }])
      answer(response, replay.change(exchange), replay.borders)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const replay: ReplayServer = {
    origin: `http://127.0.0.1:${port}`,
    borders: null,
    change: (exchange) => exchange,
    take(id) {
      const requests = seen.get(id) ?? []
      seen.delete(id)
      return requests
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return replay
}

/** Ids look like `provider.api.s.200.0123456789`. */
function idIn(text: string): string | null {
  return /[\w-]{1,40}\.[\w.]{1,40}\.[sj]\.\d{3}\.[0-9a-f]{10}/.exec(text)?.[0] ?? null
}

const usualTypes: Readonly<Record<string, string>> = {
  sse: 'text/event-stream; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  binary: 'application/octet-stream',
}

/** Each piece is a chunk of its own on the wire and has time to leave, which keeps the borders. */
async function answer(response: ServerResponse, exchange: Exchange, borders: Borders | null) {
  const { id, bytes, kind, status } = exchange
  response.writeHead(status, {
    'content-type': usualTypes[kind] ?? 'application/json',
    ...exchange.headers,
    ...edgeHeaders,
    ...newHeaders,
    ...(borders === null && kind !== 'sse' && { 'content-length': bytes.length }),
  })
  const cut = borders ?? (kind === 'sse' ? atEvents : () => [])
  for (const piece of pieces(bytes, cut(bytes, seedOf(id)))) {
    response.write(piece)
    await immediate()
  }
  response.end()
}
