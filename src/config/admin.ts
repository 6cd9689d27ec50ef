import path from 'node:path'
import { isObject } from '../core/json.ts'
import type { ListenAddress } from './listen.ts'
import { adminSection } from './schema/admin.ts'
import { storeSection } from './schema/server.ts'
import { parseYaml } from './yaml-document.ts'

/** Holds the admin token where it is set, and wins over the file. */
export const adminTokenVariable = 'WAYBILL_ADMIN_TOKEN'

/** Where the token is kept: beside the records. */
export function adminTokenFile(dataDirectory: string): string {
  return path.join(dataDirectory, 'admin-token')
}

/** Where the admin API is unless another address is named. */
const usualAdminListen: ListenAddress = { host: '127.0.0.1', port: 4101 }

/** Where another gateway of this machine has the usual address, the system chooses a port. */
export function isUsualAdminListen({ host, port }: ListenAddress): boolean {
  return host === usualAdminListen.host && port === usualAdminListen.port
}

export interface AdminPlace {
  /** null: it is turned off. */
  readonly listen: ListenAddress | null
  /** As written: relative to where the gateway was started. */
  readonly dataDirectory: string
}

/**
 * Where a gateway with this configuration (null: none) is administered. Nothing else of it counts: the
 * shell of an operator has no provider keys, and a file that was broken since the start breaks no command.
 */
export function adminPlaceIn(configuration: string | null): AdminPlace {
  const yaml = configuration === null ? null : parseYaml(configuration)
  const tree = yaml?.ok === true && isObject(yaml.tree) ? yaml.tree : {}
  const admin = adminSection.safeParse(tree['admin'] ?? {})
  const store = storeSection.safeParse(tree['store'])
  const listen = admin.success ? admin.data : { listen: usualAdminListen }
  return {
    listen: listen === false ? null : listen.listen,
    dataDirectory: store.success ? path.dirname(store.data.path) : '.waybill',
  }
}
