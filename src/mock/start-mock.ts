import type { Socket } from 'node:net'
import { createServer } from 'node:net'
import type { Behaviour } from './behaviour/behaviour.ts'
import { plainBehaviour } from './behaviour/behaviour.ts'
import { parseBehaviour } from './behaviour/parse-behaviour.ts'
import { Connection } from './net/connection.ts'
import { createHouse } from './net/house.ts'
import type { MockLog } from './net/log.ts'

export interface MockOptions {
  readonly host?: string
  /** 0, the default: any free port. */
  readonly port?: number
  readonly seed?: number
  /** Behaviour of every request that does not say otherwise: `ttft=200;tps=50`. */
  readonly behaviour?: string
  /** Behaviour by model name. */
  readonly models?: Readonly<Record<string, string>>
  /** Entries the log keeps. */
  readonly logLimit?: number
}

export interface Mock {
  /** `http://host:port`, without a path. */
  readonly url: string
  readonly port: number
  readonly log: MockLog
  /** Serves a socket that was accepted elsewhere: by a TLS server, for instance. */
  accept(socket: Socket): void
  /** Ends every connection at once. */
  close(): Promise<void>
}

const USUAL_LOG_LIMIT = 5000

/** Starts a mock provider; rejects when the address is taken or a behaviour is wrong. */
export async function startMock(options: MockOptions = {}): Promise<Mock> {
  const { host = '127.0.0.1', port = 0, seed = 1, behaviour = '', models = {} } = options
  for (const text of Object.values(models)) parsed(text)
  const { logLimit = USUAL_LOG_LIMIT } = options
  const house = createHouse({ seed, behaviour: parsed(behaviour), models, logLimit })
  const connections = new Set<Connection>()

  function accept(socket: Socket): void {
    const connection = new Connection(socket, house)
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  }

  const server = createServer({ allowHalfOpen: true }, accept)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  const address = server.address()
  const boundPort = typeof address === 'object' && address !== null ? address.port : port
  const shownHost = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${shownHost}:${boundPort}`,
    port: boundPort,
    log: house.log,
    accept,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const connection of connections) connection.close()
      await closed
      house.wheel.stop()
    },
  }
}

function parsed(text: string): Behaviour {
  const outcome = parseBehaviour(plainBehaviour, [text])
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}
