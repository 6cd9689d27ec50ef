import type { Provider } from '../../core/catalog.ts'
import type { Clock, Upstream, Upstreams } from '../../gateway/ports.ts'
import { createHttpUpstream } from './http.ts'

export interface OpenedUpstreams extends Upstreams {
  /** Before any of them is asked for: what simulates is loaded where a provider is simulated. */
  prepare(providers: Iterable<Provider>): Promise<void>
  close(): Promise<void>
}

type Simulate = typeof import('./simulated.ts').createSimulatedUpstream

/** One pool of connections for the network, one simulation per simulated provider. */
export function createUpstreams(clock: Clock): OpenedUpstreams {
  const network = createHttpUpstream()
  const simulated = new WeakMap<Provider, Upstream>()
  let simulate: Simulate | null = null
  return {
    of(provider) {
      if (provider.reach.kind !== 'simulated') return network
      const known = simulated.get(provider)
      if (known !== undefined) return known
      if (simulate === null) throw new Error(`provider ${provider.id} was not prepared`)
      const upstream = simulate(provider.reach.simulation, clock)
      simulated.set(provider, upstream)
      return upstream
    },
    async prepare(providers) {
      if (simulate !== null || !Array.from(providers).some(isSimulated)) return
      const loaded = await import('./simulated.ts')
      simulate = loaded.createSimulatedUpstream
    },
    close: () => network.close(),
  }
}

const isSimulated = ({ reach }: Provider): boolean => reach.kind === 'simulated'
