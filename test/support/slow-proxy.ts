import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface SlowProxy {
  readonly port: number
  /** Holds back whatever comes from now on for so long, each way. */
  delay(ms: number): void
  /** Only what the target says; what it is asked arrives at once. */
  delayAnswers(ms: number): void
}

/** Passes bytes on to a port of this machine, in order, as late as it is told to. */
export async function startSlowProxy(targetPort: number): Promise<SlowProxy> {
  let askedMs = 0
  let answeredMs = 0
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1')
    for (const [from, to, delayMs] of [
      [near, far, () => askedMs],
      [far, near, () => answeredMs],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      // Nothing overtakes what was held back before it.
      let last: Promise<void> = Promise.resolve()
      const later = (act: () => void) => {
        const due = waited(delayMs())
        last = last.then(() => due).then(act)
      }
      from.on('data', (bytes) => later(() => to.write(bytes)))
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        later(() => to.destroy())
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    delay(ms) {
      askedMs = ms
      answeredMs = ms
    },
    delayAnswers(ms) {
      askedMs = 0
      answeredMs = ms
    },
  }
}

function waited(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))
}
