/** Durations are milliseconds, shares lie between 0 and 1. */
export interface HealthSettings {
  /** How far back failures are counted. */
  readonly windowMs: number
  /** Fewer finished attempts than this within the window are thin traffic. */
  readonly minimumCalls: number
  /** Share of failures within the window that opens the breaker. */
  readonly failureRate: number
  /** Failures in a row that open it when traffic is thin. */
  readonly consecutiveFailures: number
  /** Until the first probe; each one that fails makes it half as long again. */
  readonly openForMs: number
  readonly maxOpenForMs: number
  /**
   * Between probes when traffic was thin as it opened: there each probe is a large share of the
   * requests.
   */
  readonly openForWhenQuietMs: number
  /** From the first success to the full share of the traffic. */
  readonly rampMs: number
  readonly slow: SlowSettings
  readonly cooldown: CooldownSettings
  readonly checks: CheckSettings | null
}

export interface SlowSettings {
  /** A first token (a whole reply: its end) that comes later than this is slow. */
  readonly afterMs: number
  /** Share of slow attempts that opens the breaker; null: slowness opens nothing. */
  readonly rate: number | null
}

export interface CooldownSettings {
  /** After a first 429 that does not say how long to wait; doubles with each further one. */
  readonly firstMs: number
  readonly maxMs: number
  /** Longest wait a provider can ask for. */
  readonly maxRetryAfterMs: number
  /** After a used-up quota, when the provider does not say. */
  readonly quotaMs: number
  /** After a rejected key. */
  readonly authMs: number
}

/**
 * Requests the gateway sends by itself, to see a provider fail, or come back, before a client does.
 */
export interface CheckSettings {
  readonly everyMs: number
  readonly timeoutMs: number
  /** Ids; null: all. */
  readonly providers: readonly string[] | null
}

export const defaultHealth: HealthSettings = {
  windowMs: 10_000,
  minimumCalls: 10,
  failureRate: 0.5,
  consecutiveFailures: 2,
  openForMs: 5_000,
  maxOpenForMs: 10_000,
  openForWhenQuietMs: 12_200,
  rampMs: 5_000,
  slow: { afterMs: 30_000, rate: null },
  cooldown: {
    firstMs: 2_000,
    maxMs: 30_000,
    maxRetryAfterMs: 300_000,
    quotaMs: 300_000,
    authMs: 300_000,
  },
  checks: null,
}

/**
 * The settings in force: one place, read anew with every decision, so that a reload takes effect.
 */
export interface HealthInForce {
  settings: HealthSettings
  /** Names of the targets the configuration lists; all others are names that clients chose. */
  configured: ReadonlySet<string>
}
