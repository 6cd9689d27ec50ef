import type { Catalog, Client } from '../core/catalog.ts'
import { didYouMean, nearNames } from '../core/near-names.ts'

/**
 * Who asks; null is somebody without a key, under the default policy. A sentence where nobody is called
 * that.
 */
export function clientNamed(name: string | null, catalog: Catalog): Client | string {
  const policy = catalog.policies.get('default')
  if (name === null && policy !== undefined) return { name: 'local', policy }
  const client = catalog.clients.get(name ?? '')
  if (client !== undefined) return client
  return `There is no client "${name}".${didYouMean(nearNames(name ?? '', catalog.clients.keys()))}`
}
