import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** An answer that can be asked whether anybody still waits for it. */
export interface Probed {
  /** Sends what the client does not notice; who is gone answers it with a reset. */
  probe(): void
}

/** The second one finds the reset that the first has provoked; the later ones find who leaves later. */
const probeAfterMs = [250, 250, 5_000, 20_000]

/** On a socket: the answer that is under way there. */
const answering: unique symbol = Symbol('waybill')

declare module 'node:net' {
  interface Socket {
    [answering]?: Probed | null
  }
}

/**
 * Lets a client close its sending side once its request is out, and read on; node:http would end the
 * connection. But one that went away looks just the same, and must not keep a provider working, so it
 * is probed until it has its answer or is found gone.
 */
export function allowHalfClose(server: Server): void {
  // A property of node:http that has no option and no type.
  Reflect.set(server, 'httpAllowHalfOpen', true)
  server.on('connection', (socket) => socket.once('end', () => probeInTurn(socket)))
}

/** Notes which answer is under way on a connection; null for none. */
export function noteAnswer(socket: Socket, answer: Probed | null): void {
  socket[answering] = answer
}

/** Whether an answer is under way on a connection. */
export function isAnswering(socket: object): boolean {
  return isProbed(Reflect.get(socket, answering))
}

function probeInTurn(socket: Socket, turn = 0): void {
  const delayMs = probeAfterMs[turn]
  if (delayMs === undefined || socket.destroyed) return
  const timer = setTimeout(() => {
    const answer: unknown = Reflect.get(socket, answering)
    if (isProbed(answer)) answer.probe()
    probeInTurn(socket, turn + 1)
  }, delayMs)
  socket.once('close', () => clearTimeout(timer))
}

function isProbed(value: unknown): value is Probed {
  return typeof value === 'object' && value !== null && 'probe' in value
}
