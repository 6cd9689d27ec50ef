import type { Server } from 'node:http'
import { type Bound, listen } from '../listen.ts'

/**
 * Where the admin API listens; a reason when the address cannot be had. `orAnyPort`: where it is taken,
 * the system chooses another port.
 */
export async function listenAdmin(
  server: Server,
  wanted: Bound,
  orAnyPort: boolean,
): Promise<Bound | string> {
  const option = '--admin-listen'
  const bound = await listen(server, wanted, option)
  return typeof bound === 'string' && orAnyPort
    ? listen(server, { ...wanted, port: 0 }, option)
    : bound
}
