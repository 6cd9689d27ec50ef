import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** A connection that is being made. */
export interface Dialling {
  destroy(reason: Error): void
}

/** A request that wants to know which connection it goes out on. */
export interface Tracked {
  /** One that had served another request before. */
  connectionReused: boolean
  /** One that is made for it, and is of no use to another while that lasts. */
  dialling: Dialling | null
}

export interface SocketReuse {
  /** Runs `send`, which creates one request of undici, and ties that request to `tracked`. */
  track(tracked: Tracked, send: () => void): void
  /** Ties a connection that is begun within `send` to what is tracked there. */
  dialled(socket: unknown): void
  stop(): void
}

/**
 * A server may close an idle connection in the very moment a request is written to it. Only on a
 * reused connection is a reset before the first byte that race, and safe to repeat at once. undici
 * shows which socket a request takes on its diagnostics channels, and nowhere else.
 *
 * The marks are properties, not entries of a WeakMap: the engine frees what a WeakMap holds only in a
 * full collection, and at thousands of requests a second that is hundreds of megabytes.
 */
export function watchSocketReuse(): SocketReuse {
  /** On undici's request: the tracked one it belongs to. On a socket: that it has been used. */
  const mark = Symbol('waybill')
  let current: Tracked | null = null

  const created = (message: unknown) => {
    const request = objectField(message, 'request')
    if (current !== null && request !== null) Reflect.set(request, mark, current)
  }
  const sending = (message: unknown) => {
    const socket = objectField(message, 'socket')
    const request = objectField(message, 'request')
    if (socket === null || request === null) return
    const tracked: unknown = Reflect.get(request, mark)
    if (Reflect.get(socket, mark) !== true) Reflect.set(socket, mark, true)
    else if (isTracked(tracked)) tracked.connectionReused = true
  }
  subscribe('undici:request:create', created)
  subscribe('undici:client:sendHeaders', sending)

  return {
    track(tracked, send) {
      current = tracked
      try {
        send()
      } finally {
        current = null
      }
    },
    dialled(socket) {
      if (current !== null && isDialling(socket)) current.dialling = socket
    },
    stop() {
      unsubscribe('undici:request:create', created)
      unsubscribe('undici:client:sendHeaders', sending)
    },
  }
}

function objectField(message: unknown, name: string): object | null {
  if (typeof message !== 'object' || message === null) return null
  const value: unknown = Reflect.get(message, name)
  return typeof value === 'object' && value !== null ? value : null
}

function isDialling(value: unknown): value is Dialling {
  return typeof value === 'object' && value !== null && 'destroy' in value
}

function isTracked(value: unknown): value is Tracked {
  return typeof value === 'object' && value !== null && 'connectionReused' in value
}
