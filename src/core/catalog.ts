import type { Price } from './account/price.ts'
import type { JsonObject } from './json.ts'
import type { Dialect } from './request.ts'

/**
 * The compiled configuration: frozen, looked up and never changed. A request keeps the catalog it
 * started with, so a reload in mid-flight cannot mix two configurations.
 */
export interface Catalog {
  /** Counts up with every configuration that was put in force, from 1. */
  readonly generation: number
  readonly providers: ReadonlyMap<string, Provider>
  /** By `provider/model`; only those the configuration names. Others are made on demand, see `targetOf`. */
  readonly targets: ReadonlyMap<string, Target>
  /** Public names and synonyms, all leading to their alias. */
  readonly aliases: ReadonlyMap<string, Alias>
  readonly policies: ReadonlyMap<string, Policy>
  readonly clients: ReadonlyMap<string, Client>
  /** SHA-256 of a key, in hex → client. */
  readonly clientsByKeyHash: ReadonlyMap<string, Client>
  readonly facts: ModelFacts
}

/** How credentials travel to a provider. */
export type AuthStyle =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'none' }

export type ProviderKind =
  /** Speaks a dialect of ours at an address. */
  | {
      readonly kind: 'http'
      /** What stands before `/chat/completions`, … per dialect it speaks; the first is preferred. */
      readonly addresses: ReadonlyMap<Dialect, Address>
      readonly auth: AuthStyle
      /** Sent with every request (api versions, attribution). */
      readonly headers: Readonly<Record<string, string>>
      readonly query: Readonly<Record<string, string>>
    }
  /** Reached through an AI SDK provider package. */
  | { readonly kind: 'sdk'; readonly sdk: string; readonly options: JsonObject }
  /** Waybill's own simulated provider: every dialect, no network. */
  | {
      readonly kind: 'simulated'
      readonly simulation: Simulation
      readonly addresses: ReadonlyMap<Dialect, Address>
    }

export interface Address {
  readonly origin: string
  /** Path prefix without a trailing slash; may be empty. */
  readonly basePath: string
}

export interface Simulation {
  readonly timeToFirstTokenMs: number
  readonly tokensPerSecond: number
  /** Share of requests answered with an error, 0 to 1. */
  readonly errorRate: number
  readonly seed: number
}

export interface Provider {
  readonly id: string
  /** Known provider whose data and model facts it shares: itself, or what `like:` names. */
  readonly knownAs: string
  readonly enabled: boolean
  readonly region: string | null
  readonly reach: ProviderKind
  /** Rotated round-robin; empty when the provider needs none. */
  readonly apiKeys: readonly Secret[]
  /** Only listed models may be asked for. */
  readonly strict: boolean
  readonly quirks: Readonly<Record<string, string | boolean>>
}

/** One model at one provider: the unit that is chosen, measured and priced. */
export interface Target {
  /** `provider/model` */
  readonly name: string
  readonly provider: Provider
  /** As the provider knows it. */
  readonly model: string
  readonly price: Price | null
  readonly contextWindow: number | null
}

export const strategyNames = ['failover', 'round-robin', 'random'] as const
export type StrategyName = (typeof strategyNames)[number]

export interface Retry {
  /** Most attempts at one target, the first included. */
  readonly attempts: number
  readonly backoffMs: number
  readonly maxBackoffMs: number
}

/** Milliseconds. `total` bounds whole replies only; a stream that keeps talking is not cut. */
export interface Timeouts {
  readonly connectMs: number
  readonly firstTokenMs: number
  readonly idleMs: number
  readonly totalMs: number
}

export interface WeightedTarget {
  readonly target: Target
  readonly weight: number
}

/** A public model name. */
export interface Alias {
  readonly name: string
  readonly description: string | null
  readonly synonyms: readonly string[]
  readonly strategy: StrategyName
  readonly targets: readonly WeightedTarget[]
  /** Other aliases, tried after the targets; free of cycles. */
  readonly fallbacks: readonly string[]
  readonly retry: Retry
  readonly timeouts: Timeouts
}

export interface Policy {
  readonly name: string
  /** Public names, `provider/model` or patterns with `*`. */
  readonly allow: readonly string[]
}

export interface Client {
  readonly name: string
  readonly policy: Policy
}

/** Facts about models nobody configured: who serves them, what they cost. Pure look-ups. */
export interface ModelFacts {
  /** Known provider ids that serve a bare model id, most specific first. */
  providersOf(model: string): readonly string[]
  priceOf(knownProvider: string, model: string): Price | null
  contextWindowOf(knownProvider: string, model: string): number | null
  /** Model ids known for a provider, for suggestions and listings. */
  modelsOf(knownProvider: string): readonly string[]
}

/** A secret that cannot be printed, logged or serialised by accident. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
}
