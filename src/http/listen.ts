import type { Server } from 'node:http'

export interface Bound {
  readonly host: string
  readonly port: number
}

/**
 * The port the server has, which the system chose for port 0; a reason when it cannot be had. `option` of
 * the command line chooses another.
 */
export function listen(
  server: Server,
  { host, port }: Bound,
  option = '--listen',
): Promise<Bound | string> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === 'EADDRINUSE'
          ? `is in use by another program; stop it, or choose another with ${option}`
          : `cannot be listened on (${error.code ?? error.message})`,
      )
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve({ host, port: typeof address === 'object' && address !== null ? address.port : port })
    })
  })
}
