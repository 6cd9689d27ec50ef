export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/**
 * `127.0.0.1:4100`, `[::1]:4100`, `:4100` (every interface) → host and port; null for anything
 * else.
 */
export function parseListen(text: string): ListenAddress | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):(\d{1,5})$/.exec(text)
  if (match === null) return null
  const port = Number(match[3])
  if (port > 65_535) return null
  const host = match[1] ?? match[2] ?? ''
  return { host: host === '' ? '0.0.0.0' : host, port }
}

export function formatListen({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Where this machine reaches it: its own address stands for all of them, to which nothing is sent. */
export function localUrl({ host, port }: ListenAddress): string {
  const local = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${formatListen({ host: local, port })}`
}

/** Reached from this machine only, so that calls without a key may be let in. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
