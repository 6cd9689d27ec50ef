import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** Tells whether a request went out on a connection that had served another before. */
export interface SocketReuse {
  /** Runs `send`, noting the request it creates under `key`. */
  track(key: object, send: () => void): void
  wasReused(key: object): boolean
  stop(): void
}

/**
 * A server may close an idle connection in the very moment a request is written to it. Only on a
 * reused connection is a reset before the first byte that race, and safe to repeat at once. undici
 * shows which socket a request takes on its diagnostics channels, and nowhere else.
 */
export function watchSocketReuse(): SocketReuse {
  const keys = new WeakMap<object, object>()
  const used = new WeakSet<object>()
  const reused = new WeakSet<object>()
  let current: object | null = null

  const created = (message: unknown) => {
    const request = objectField(message, 'request')
    if (current !== null && request !== null) keys.set(request, current)
  }
  const sending = (message: unknown) => {
    const request = objectField(message, 'request')
    const socket = objectField(message, 'socket')
    if (request === null || socket === null) return
    const key = keys.get(request)
    if (used.has(socket)) {
      if (key !== undefined) reused.add(key)
    } else {
      used.add(socket)
    }
  }
  subscribe('undici:request:create', created)
  subscribe('undici:client:sendHeaders', sending)

  return {
    track(key, send) {
      current = key
      try {
        send()
      } finally {
        current = null
      }
    },
    wasReused: (key) => reused.has(key),
    stop() {
      unsubscribe('undici:request:create', created)
      unsubscribe('undici:client:sendHeaders', sending)
    },
  }
}

function objectField(message: unknown, name: string): object | null {
  if (typeof message !== 'object' || message === null || !(name in message)) return null
  const value: unknown = Reflect.get(message, name)
  return typeof value === 'object' && value !== null ? value : null
}
