/** Where Redis is, and under which names the books lie there. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly username: string | null
  readonly password: string | null
  readonly database: number
  /** `waybill`; gateways with the same one share their books. */
  readonly prefix: string
  /** How long an answer should take. See CallsUnderWay for how long one is waited for. */
  readonly timeoutMs: number
}

const defaultPort = 6379
const form =
  'redis://[user:password@]host[:port][/database][?prefix=name&timeout=50ms], or rediss:// for TLS'

/** Reads the address of a state; a string says what is wrong with it, without any credential. */
export function readAddress(text: string): RedisAddress | string {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:')) {
    return `The address of the state must read ${form}.`
  }
  const database = url.pathname.replace(/^\//, '')
  if (!/^\d{0,5}$/.test(database)) {
    return `The database in the address of the state must be a number: ${form}.`
  }
  const prefix = url.searchParams.get('prefix') ?? 'waybill'
  if (!/^[\w.:-]{1,64}$/.test(prefix)) {
    return 'The prefix in the address of the state must be 1 to 64 letters, digits or . : _ -'
  }
  const timeout = /^([1-9]\d{1,3})ms$/.exec(url.searchParams.get('timeout') ?? '50ms')
  if (timeout === null) {
    return 'The timeout in the address of the state must be 10ms to 9999ms.'
  }
  const username = decoded(url.username)
  const password = decoded(url.password)
  if (username === undefined || password === undefined) {
    return 'Write a % in the user or password of the state as %25.'
  }
  return {
    host: url.hostname === '' ? '127.0.0.1' : url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    tls: url.protocol === 'rediss:',
    username: username === '' ? null : username,
    password: password === '' ? null : password,
    database: Number(database),
    prefix,
    timeoutMs: Number(timeout[1]),
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** For people: without credentials. */
export function showAddress({ host, port, tls, database }: RedisAddress): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${tls ? 'rediss' : 'redis'}://${name}:${port}${database === 0 ? '' : `/${database}`}`
}
