import { isIP } from 'node:net'

/** The names the admin API goes by, beside those of this machine. */
export interface OwnHosts {
  /** Where it listens. */
  readonly listen: string
  /** Configured, in lower case. */
  readonly names: readonly string[]
}

/**
 * Whether a Host header names this API. A name of somebody else's that leads here (DNS rebinding) would
 * let the pages of that name speak for their visitor; to an address no page can be rebound.
 */
export function isOwnHost(host: string, own: OwnHosts): boolean {
  const name = hostNameOf(host)
  if (name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)) return true
  if (name === own.listen.toLowerCase() || own.names.includes(name)) return true
  return (own.listen === '0.0.0.0' || own.listen === '::') && isIP(name) !== 0
}

/** Without port and brackets, in lower case. */
function hostNameOf(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
}

/** Whether a page of this origin is one of ours: served under the very host that is called. */
export function isOwnOrigin(origin: string, host: string): boolean {
  if (!URL.canParse(origin) || !/^https?:\/\//.test(origin)) return false
  const { protocol, host: from } = new URL(origin)
  const called = `${protocol}//${host}`
  return URL.canParse(called) && new URL(called).host === from
}
