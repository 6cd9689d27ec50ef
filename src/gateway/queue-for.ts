import type { Catalog, Client, LimitQueue } from '../core/catalog.ts'

/** Where requests over a limit wait, and by which name: `''` for the queue of the catalog, else the policy's. */
export interface NamedQueue extends LimitQueue {
  readonly name: string
}

/** null: nothing of this client may wait, it is refused at once. */
export function queueFor({ policy }: Client, catalog: Catalog): NamedQueue | null {
  if (policy.limitQueue !== undefined) return { ...policy.limitQueue, name: policy.name }
  return catalog.limitQueue === undefined ? null : { ...catalog.limitQueue, name: '' }
}
