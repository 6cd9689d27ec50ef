import type { ServerResponse } from 'node:http'
import type { Outgoing } from '../gateway/exchange.ts'

/** The client's side of a request over node:http. */
export function outgoingOf(response: ServerResponse): Outgoing {
  return {
    head(status, headers) {
      response.writeHead(status, headers as string[])
    },
    write: (bytes) => response.write(bytes),
    end(bytes) {
      if (bytes === undefined) response.end()
      else response.end(bytes)
    },
    destroy() {
      response.destroy()
    },
    onDrain(callback) {
      response.on('drain', callback)
    },
    onGone(callback) {
      // `close` comes after every reply; only one that was not ended by us means the client left.
      response.on('close', () => {
        if (!response.writableEnded) callback()
      })
    },
  }
}
