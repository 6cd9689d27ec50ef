import type { Price } from './account/price.ts'
import type { AddressRange } from './address.ts'
import type { Split } from './experiment/split.ts'
import type { FailureClass } from './failure.ts'
import type { HealthSettings } from './health/settings.ts'
import type { JsonObject } from './json.ts'
import type { Limit } from './limits/limit.ts'
import type { Capabilities } from './needs.ts'
import type { Regions } from './plan/regions.ts'
import type { Rule } from './plan/rule.ts'
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
  /** When a target counts as broken; absent: `defaultHealth`. */
  readonly health?: HealthSettings
  readonly facts: ModelFacts
  /** For everything that has no retry budget of its own; absent: `defaultRetryBudget`. */
  readonly retryBudget?: RetryBudgetSettings
  /** Rules a request may ask for by name: the predefined ones and those at the root. */
  readonly namedRules?: ReadonlyMap<string, Rule>
  readonly regions?: Regions
  /** As configured, in the order of the file; absent: none. Those set at run time come on top. */
  readonly limits?: readonly Limit[]
  /** Where requests over a limit of their caller wait; absent: they are refused at once. */
  readonly limitQueue?: LimitQueue
  /** What answers say of limits; absent: `defaultRateLimitHeaders`. */
  readonly rateLimitHeaders?: RateLimitHeaders
  /** Proxies that are believed where requests come from: addresses and ranges; absent: none. */
  readonly trustedProxies?: readonly AddressRange[]
}

/** A request over a limit of its caller waits up to `maxWaitMs`, beside at most `size` others. */
export interface LimitQueue {
  readonly maxWaitMs: number
  readonly size: number
}

export interface RateLimitHeaders {
  /** Which answers carry them: those that a limit refused, or all. */
  readonly on: 'refused' | 'all'
  /** Also `RateLimit` and `RateLimit-Policy`, as the IETF drafts them. */
  readonly ietf: boolean
}

export const defaultRateLimitHeaders: RateLimitHeaders = { on: 'refused', ietf: false }

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
  readonly capabilities: Capabilities
}

export const strategyNames = [
  'failover',
  'round-robin',
  'random',
  'latency',
  'throughput',
  'cost',
  'weighted',
  'capability',
  'least-busy',
  'adaptive',
] as const
export type StrategyName = (typeof strategyNames)[number]

/** How much each figure counts; relative to their sum. */
export interface StrategyWeights {
  readonly latency: number
  readonly cost: number
  readonly success: number
  readonly throughput: number
}

export type StrategyChoice =
  | { readonly name: Exclude<StrategyName, 'weighted' | 'adaptive'> }
  | { readonly name: 'weighted'; readonly weights: StrategyWeights }
  | { readonly name: 'adaptive'; readonly settings: AdaptiveSettings }

/** See docs/how-to for what each does; all have defaults. */
export interface AdaptiveSettings {
  /** Average that may be spent per request; null: quality is bought at any price of the targets. */
  readonly budgetNanoUsdPerRequest: number | null
  /** Share of requests, 0 to 1, that may go elsewhere to learn; 0: consistent. */
  readonly exploration: number
  /** Requests each target must have had before it can win. */
  readonly minimumSamples: number
  /** Another target must be better by so much, of a reward between 0 and 1, to take over. */
  readonly hysteresis: number
}

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
  readonly strategy: StrategyChoice
  readonly targets: readonly WeightedTarget[]
  /** Other aliases, tried after the targets; free of cycles. */
  readonly fallbacks: readonly string[]
  readonly retry: Retry
  readonly timeouts: Timeouts
  /** Failure classes that would end a request and here only end the attempt: the next target is asked. */
  readonly fallsThrough?: readonly FailureClass[]
  /** Share of calls, 0 to 1: a target of which fewer succeed goes last; absent: 0.8. */
  readonly successThreshold?: number
  /** Its requests are divided among arms; see `armOf`. */
  readonly split?: Split
  /** A second attempt beside one that shows nothing; absent or null: never. */
  readonly hedge?: HedgeSettings | null
  /** Fallbacks that would cost more than so many times the first candidate are left out. */
  readonly maxPriceMultiplier?: number | null
  /** Its own retry budget; absent or null: it shares the catalog's. */
  readonly retryBudget?: RetryBudgetSettings | null
  /** Whether a reply that breaks off is continued by a target that can; absent: `off`. */
  readonly continuation?: 'auto' | 'off'
}

/** See `Hedging`. */
export interface HedgeSettings {
  /** Delay in milliseconds; null: found out from the measured first-token times. */
  readonly afterMs: number | null
  /** Most extra attempts, as a share of requests: 0.05. */
  readonly share: number
}

/** See `RetryBudget`. */
export interface RetryBudgetSettings {
  /** Further attempts as a share of requests: 0.2. */
  readonly share: number
  /** Further attempts in ten seconds that are allowed however few requests there are. */
  readonly floor: number
}

export interface Policy {
  readonly name: string
  /** Public names, `provider/model` or patterns with `*`. */
  readonly allow: readonly string[]
  /** Takes the place of the strategy of every alias its clients ask for. */
  readonly strategy?: StrategyChoice
  /** In the order they are tried: its own, then those of the whole configuration. */
  readonly rules?: readonly Rule[]
  /** What its clients get as `waybill/auto`; absent: nothing. */
  readonly auto?: Alias
  /** Where requests of its clients wait, instead of in the queue of the catalog. */
  readonly limitQueue?: LimitQueue
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
  capabilitiesOf(knownProvider: string, model: string): Capabilities
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
