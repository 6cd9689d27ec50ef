import type { Target } from '../catalog.ts'
import type { Needs } from '../needs.ts'
import type { TimeWindow } from './time-window.ts'

/** A condition on the request and the targets it prefers. */
export interface Rule {
  readonly name: string
  readonly when: Conditions
  readonly prefer: Preference
}

/** All that are given must hold. Texts may be patterns with `*`; of a list, one must match. */
export interface Conditions {
  readonly needs: readonly { readonly need: keyof Needs | 'json'; readonly is: boolean }[]
  /** Output tokens the client allows; a request that does not say is in no range. */
  readonly maxTokens: TokenRange | null
  /** Estimated tokens of the prompt. */
  readonly contextTokens: TokenRange | null
  /** The model as the client wrote it. */
  readonly models: readonly string[] | null
  readonly clients: readonly string[] | null
  readonly users: readonly string[] | null
  /** Of the client; see `clientRegion`. */
  readonly regions: readonly string[] | null
  readonly metadata: readonly { readonly name: string; readonly values: readonly string[] }[]
  readonly time: TimeWindow | null
  /** Ceilings: a target that is expected to exceed one is not preferred. */
  readonly maxCostNanoUsd: number | null
  readonly maxLatencyMs: number | null
}

/** Both ends belong to it. */
export interface TokenRange {
  readonly atLeast: number
  readonly atMost: number
}

export const ruleOrders = ['cheapest', 'fastest', 'best', 'capable', 'nearest'] as const
export type RuleOrder = (typeof ruleOrders)[number]

export type Preference =
  /** Drawn by weight when the configuration gives weights, else in the order written. */
  | { readonly by: 'list'; readonly list: readonly PreferredTarget[]; readonly drawn: boolean }
  | { readonly by: 'order'; readonly order: RuleOrder }
  /** Whatever stays below the ceilings, in the order of the strategy. */
  | { readonly by: 'ceilings' }

export interface PreferredTarget {
  /** `provider/model`, or a pattern with `*`. */
  readonly pattern: string
  /** null for a pattern, which only matches what is a candidate anyway. */
  readonly target: Target | null
  readonly weight: number
}

export const noConditions: Conditions = {
  needs: [],
  maxTokens: null,
  contextTokens: null,
  models: null,
  clients: null,
  users: null,
  regions: null,
  metadata: [],
  time: null,
  maxCostNanoUsd: null,
  maxLatencyMs: null,
}
