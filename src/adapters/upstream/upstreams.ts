import type { Provider } from '../../core/catalog.ts'
import type { Clock, Upstream, Upstreams } from '../../gateway/ports.ts'
import { createHttpUpstream } from './http.ts'
import { createSimulatedUpstream } from './simulated.ts'

/** One pool of connections for the network, one simulation per simulated provider. */
export function createUpstreams(clock: Clock): Upstreams & { close(): Promise<void> } {
  const network = createHttpUpstream()
  const simulated = new WeakMap<Provider, Upstream>()
  return {
    of(provider) {
      if (provider.reach.kind !== 'simulated') return network
      const known = simulated.get(provider)
      if (known !== undefined) return known
      const upstream = createSimulatedUpstream(provider.reach.simulation, clock)
      simulated.set(provider, upstream)
      return upstream
    },
    close: () => network.close(),
  }
}
