import { createClient } from '@redis/client'
import type { RedisAddress } from './address.ts'
import { Away } from './problems.ts'

/** One connection to Redis, from when it stands to when it is lost. It is never mended: see Link. */
export interface Connection {
  /** Rejects where Redis answers with an error, and when the connection is lost. */
  send(args: readonly string[]): Promise<unknown>
  /** Calls back with what is published on a channel from now on. */
  subscribe(channel: string, heard: (message: string) => void): Promise<void>
  /** At once; what was sent may still be executed. */
  destroy(): void
}

/** Calls back once when it is lost, but not after `destroy`. */
export type OnLost = (error: Error) => void

/**
 * Rejects where there is no usable connection within the time: a Redis that is frozen accepts one and
 * says nothing.
 */
export async function connect(
  address: RedisAddress,
  withinMs: number,
  onLost: OnLost,
): Promise<Connection> {
  const client = clientFor(address, withinMs)
  let over = false
  const lost = (error: Error) => {
    if (over) return
    over = true
    onLost(error)
  }
  const destroy = () => {
    over = true
    client.destroy()
  }
  // Without a listener an error would end the process.
  let ready = false
  client.on('error', (error: Error) => {
    if (ready) lost(error)
  })
  await within(client.connect(), withinMs, destroy)
  ready = true
  return {
    send: (args) => client.sendCommand(args),
    async subscribe(channel, heard) {
      await client.subscribe(channel, (message) => heard(message))
    },
    destroy,
  }
}

function clientFor(address: RedisAddress, withinMs: number) {
  const { host, port, tls, username, password, database } = address
  const options = { connectTimeout: withinMs, reconnectStrategy: false } as const
  return createClient({
    RESP: 3,
    socket: tls ? { ...options, host, port, tls: true } : { ...options, host, port },
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    database,
    disableOfflineQueue: true,
    // Commands that older servers and those of other makers refuse.
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // Its own time-out is for the time before a command is sent, and costs a signal for each.
    commandOptions: { timeout: 0 },
  })
}

async function within<T>(promise: Promise<T>, ms: number, giveUp: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp()
      reject(new Away(`did not answer within ${ms} ms`))
    }, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
