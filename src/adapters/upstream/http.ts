import type {
  Upstream,
  UpstreamCall,
  UpstreamExchange,
  UpstreamObserver,
} from '../../gateway/ports.ts'
import { Exchange } from './exchange.ts'
import { watchSocketReuse } from './socket-reuse.ts'
import { buildConnector, Pool } from './undici.ts'

/** Longer than any server we know keeps idle connections would invite resets on the first byte. */
const keepAliveMs = 4_000
const keepAliveMaxMs = 25_000
/** Only an upper bound: the gateway's own connect timer is the real one. */
const abandonedConnectMs = 30_000

/**
 * Talks to providers over HTTP/1.1 with one connection pool per origin. undici's own header and body
 * timers are off: they would cut slow models, and the gateway keeps timers of its own.
 */
export function createHttpUpstream(): Upstream {
  const pools = new Map<string, Pool>()
  const reuse = watchSocketReuse()
  const connector = buildConnector({
    allowH2: false,
    timeout: abandonedConnectMs,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 250,
  })

  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin)
    if (known !== undefined) return known
    const pool = new Pool(origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMaxMs,
      // An attempt that is given up takes its half-made connection with it.
      connect: (options, done) => reuse.dialled(connector(options, done)),
    })
    pools.set(origin, pool)
    return pool
  }

  return {
    send(call: UpstreamCall, observer: UpstreamObserver): UpstreamExchange {
      const exchange = new Exchange(call, observer, poolOf(call.origin), reuse)
      exchange.dispatch()
      return exchange
    },
    async close() {
      reuse.stop()
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}
