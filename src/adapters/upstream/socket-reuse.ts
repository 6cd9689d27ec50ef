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
  /** A connection that is begun from here on is made for `tracked`; null when none is expected. */
  dispatching(tracked: Tracked | null): void
  /** To be called as the last thing of `onRequestStart`: the next headers sent are those of `tracked`. */
  starting(tracked: Tracked): void
  /** Ties a connection that is begun to what is dispatched. */
  dialled(socket: unknown): void
  stop(): void
}

/**
 * A server may close an idle connection in the very moment a request is written to it. Only on a
 * reused connection is a reset before the first byte that race, and safe to repeat at once. undici
 * shows which socket a request takes on a diagnostics channel, and nowhere else.
 *
 * The mark is a property, not an entry of a WeakSet: the engine frees what that holds only in a full
 * collection.
 */
export function watchSocketReuse(): SocketReuse {
  /** On a socket: that it has been used. */
  const mark = Symbol('waybill')
  let dispatched: Tracked | null = null
  /** undici writes the headers of a request in the same turn in which it tells that it starts. */
  let started: Tracked | null = null

  const sending = (message: unknown) => {
    const tracked = started
    started = null
    // Other users of undici in this process, `fetch` for one, are heard here as well.
    if (tracked === null) return
    const socket = objectField(message, 'socket')
    if (socket === null) return
    if (Reflect.get(socket, mark) === true) tracked.connectionReused = true
    else Reflect.set(socket, mark, true)
  }
  subscribe('undici:client:sendHeaders', sending)

  return {
    dispatching(tracked) {
      dispatched = tracked
    },
    starting(tracked) {
      started = tracked
    },
    dialled(socket) {
      if (dispatched !== null && isDialling(socket)) dispatched.dialling = socket
    },
    stop() {
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
