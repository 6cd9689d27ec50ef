import { Secret } from '../core/catalog.ts'
import { expandVariables } from './expand.ts'
import type { Findings, Path } from './problem.ts'
import type { Environment } from './settings.ts'

/** Where limits are counted. */
export type StateSettings =
  | { readonly kind: 'memory' }
  /** An address may hold a password, so all of it is kept as one. */
  | { readonly kind: 'redis'; readonly url: Secret }

export const stateForm =
  'must be memory, or the address of a Redis or Valkey such as redis://127.0.0.1:6379'

const path: Path = ['state']

/** The `state` of a configuration; null for what is reported. What stands in the address never is. */
export function stateFrom(
  text: string,
  environment: Environment,
  findings: Findings,
): StateSettings | null {
  if (text === 'memory') return { kind: 'memory' }
  const address = expandVariables(text, path, environment, findings)
  if (address === null) return null
  const fault = faultOf(address)
  if (fault === null) return { kind: 'redis', url: new Secret(address) }
  findings.problem(path, fault)
  return null
}

/** What must not be seen of an address with a password: all of it, and that as written and as it is sent. */
export function secretsOfState(state: StateSettings): string[] {
  if (state.kind === 'memory') return []
  const address = state.url.reveal()
  const { password } = new URL(address)
  return password === '' ? [] : [address, password, decodeURIComponent(password)]
}

const otherLetters = 'letters such as @ : / # % in a password are written %40 %3A %2F %23 %25'

function faultOf(address: string): string | null {
  if (!/^rediss?:\/\//.test(address)) return stateForm
  const url = URL.parse(address)
  if (url === null) return `is no address that can be read; ${otherLetters}`
  const { username, password, hostname, pathname, searchParams, hash } = url
  if (!canDecode(username) || !canDecode(password)) {
    return `has a % in it that means nothing; ${otherLetters}`
  }
  if (hostname === '') return 'names no host; write redis://host:port'
  if (!/^\/?(\d{1,5})?$/.test(pathname)) {
    return 'has something other than the number of a database behind the host, such as /0'
  }
  const names = [...searchParams.keys()]
  const isKnown = names.every((name) => name === 'prefix' || name === 'timeout')
  if (hash !== '' || !isKnown || new Set(names).size < names.length) {
    return `has a part behind ? or # that is not understood: only ?prefix=name and timeout=100ms may stand there; ${otherLetters}`
  }
  if (!/^[\w.:-]{1,64}$/.test(searchParams.get('prefix') ?? 'waybill')) {
    return 'has a prefix that is no name: 1 to 64 letters, digits or . : _ -'
  }
  if (!isTimeout(searchParams.get('timeout') ?? '50ms')) {
    return 'has a timeout that is none: write 10ms to 9999ms, such as timeout=100ms'
  }
  return null
}

function isTimeout(text: string): boolean {
  return /^[1-9]\d{1,3}ms$/.test(text)
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
