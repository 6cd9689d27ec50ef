import { formatListen, type ListenAddress } from '../listen.ts'
import type { Findings } from '../problem.ts'
import type { Settings } from '../settings.ts'

/** Clients and operators are let in by different keys, so they are never let in at one address. */
export function refuseSharedAddress({ server, admin }: Settings, findings: Findings): void {
  if (admin === false || !overlap(server.listen, admin.listen)) return
  const address = formatListen(admin.listen)
  const other = { ...admin.listen, port: admin.listen.port + (admin.listen.port < 65_535 ? 1 : -1) }
  findings.problem(
    ['admin', 'listen'],
    `${address} is taken by server.listen; choose another port, such as ${formatListen(other)}`,
  )
}

/** Port 0 is any free one. */
function overlap(a: ListenAddress, b: ListenAddress): boolean {
  if (a.port !== b.port || a.port === 0) return false
  return a.host === b.host || isEveryAddress(a.host) || isEveryAddress(b.host)
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
