import { createRequire } from 'node:module'
import type { buildConnector as connectorOf, Pool as PoolOfConnections } from 'undici'

/**
 * The two parts of undici that are used here. The whole package brings fetch, caches, mocks and
 * WebSockets along, which take 6 MB of memory.
 */
const load = createRequire(import.meta.url)

export type Pool = PoolOfConnections
export const Pool: typeof PoolOfConnections = load('undici/lib/dispatcher/pool.js')
export const buildConnector: typeof connectorOf = load('undici/lib/core/connect.js')
