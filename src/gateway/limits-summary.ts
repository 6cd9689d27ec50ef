import type { LimitStateHealth } from './limit-state.ts'

/** How limits are kept, in the size of a health report. */
export interface LimitsSummary extends LimitStateHealth {
  /** `ok`: they hold exactly. `degraded`: they do not, or something is wrong with what keeps them. */
  readonly state: 'ok' | 'degraded'
  /** Requests that wait for room. */
  readonly queued: number
}

export function limitsSummary(health: LimitStateHealth, queued: number): LimitsSummary {
  const state = health.mode === 'exact' && health.message === null ? 'ok' : 'degraded'
  return { state, ...health, queued }
}
