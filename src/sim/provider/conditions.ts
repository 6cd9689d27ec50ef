import type { Regime } from '../scenario/regime-schema.ts'

/** What the regimes make of one request. */
export interface Conditions {
  /** First token and time per token are multiplied by it. */
  readonly factor: number
  /** How the request fails; null when it is answered. */
  readonly failing: 'unreachable' | 'error' | 'silent' | 'rate-limited' | null
  readonly retryAfterMs: number | null
}

/**
 * What is in force at `nowMs`, milliseconds since the first request. Factors multiply; of failures the
 * first written one decides. One number is drawn from `random` for each regime that hits only a share.
 */
export function conditionsAt(
  regimes: readonly Regime[],
  nowMs: number,
  random: () => number,
): Conditions {
  let factor = 1
  let failing: Conditions['failing'] = null
  let retryAfterMs: number | null = null
  for (const regime of regimes) {
    if (nowMs < regime.from || nowMs >= endOf(regime)) continue
    switch (regime.kind) {
      case 'step':
        factor *= regime.factor
        break
      case 'ramp':
        factor *= 1 + (regime.factor - 1) * reached(regime.from, regime.to, nowMs)
        break
      case 'spike':
        if (random() < regime.share) factor *= regime.factor
        break
      case 'brown-out':
        factor *= regime.factor
        if (random() < regime.errorRate) failing ??= 'error'
        break
      case 'outage':
        failing ??= regime.how
        break
      case 'rate-limit':
        if (random() < regime.share && failing === null) {
          failing = 'rate-limited'
          retryAfterMs = regime.retryAfter ?? null
        }
        break
    }
  }
  return { factor, failing, retryAfterMs }
}

function endOf(regime: Regime): number {
  const end = regime.kind === 'ramp' ? regime.until : regime.to
  return end ?? Number.POSITIVE_INFINITY
}

/** How far a ramp has come, 0 to 1. */
function reached(from: number, to: number, nowMs: number): number {
  return to <= from ? 1 : Math.min(1, (nowMs - from) / (to - from))
}
