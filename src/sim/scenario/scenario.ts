import type { Spread } from '../provider/lognormal.ts'
import type { PoissonTraffic } from '../traffic/poisson-traffic.ts'
import type { Regime } from './regime-schema.ts'

/** One call somebody measured. */
export type Measured =
  | { readonly kind: 'reply'; readonly firstTokenMs: number; readonly msPerToken: number }
  | { readonly kind: 'error'; readonly status: number; readonly afterMs: number }

/** Where the figures of one call come from. */
export type Source =
  /** One of the measured calls, drawn anew for each attempt. */
  | { readonly kind: 'measurements'; readonly calls: readonly Measured[] }
  | {
      readonly kind: 'distributions'
      readonly firstTokenMs: Spread
      /** Added to the first token for each thousand tokens of the prompt. */
      readonly msPerThousandInput: number
      readonly msPerToken: Spread
      readonly errorRate: number
      readonly errorStatus: number
    }

/** How much a target carries; null is without bound. */
export interface Capacity {
  readonly concurrent: number | null
  /** Tokens, in and out, of the requests under way. */
  readonly tokens: number | null
  /** Of all requests that arrive, 0 to 1. */
  readonly share: number | null
  readonly whenFull: 'queue' | 'refuse'
  /** What a refusal tells the gateway to wait; null when it does not say. */
  readonly retryAfterMs: number | null
}

/** How one target behaves. */
export interface Behaviour {
  readonly target: string
  readonly source: Source
  readonly capacity: Capacity
  readonly regimes: readonly Regime[]
}

/** What the gateway meets: how its providers behave, and who calls when no trace says so. */
export interface Scenario {
  readonly behaviours: ReadonlyMap<string, Behaviour>
  readonly traffic: PoissonTraffic | null
}

export const unbounded: Capacity = {
  concurrent: null,
  tokens: null,
  share: null,
  whenFull: 'refuse',
  retryAfterMs: null,
}
