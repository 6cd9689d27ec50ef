import type { Failure } from '../failure.ts'
import { booleanAt, type JsonObject, type JsonValue, numberAt, stringAt } from '../json.ts'
import type { HealthInForce } from './settings.ts'
import type { Availability } from './vitals.ts'

/** After so long without a 429 the next one is a first one again. */
const forgottenMs = 300_000

/**
 * Why a target that works is left alone for a while: it limits us (429), its quota is used up, or
 * it rejects our key. None of these is trouble of the target, so none opens its breaker.
 */
export class Cooldown {
  readonly #inForce: HealthInForce
  #untilMs = Number.NEGATIVE_INFINITY
  /** Answers to attempts sent before this belong to the 429 that began it: a burst counts once. */
  #sinceMs = Number.NEGATIVE_INFINITY
  #why = ''
  #named = false
  /** A changed configuration ends it. */
  #untilChanged = false
  /** 429s without a wait of their own, one after the other. */
  #row = 0
  #rejections = 0

  constructor(inForce: HealthInForce) {
    this.#inForce = inForce
  }

  availability(nowMs: number): Availability | null {
    if (nowMs >= this.#untilMs) return null
    return {
      state: 'unavailable',
      untilMs: this.#untilMs,
      because: this.#why,
      named: this.#named,
    }
  }

  limited(problem: Failure, sentMs: number, nowMs: number): void {
    const { cooldown } = this.#inForce.settings
    if (nowMs - this.#sinceMs > forgottenMs) this.#row = 0
    if (problem.class === 'provider_quota_exhausted') {
      const waitMs = problem.retryAfterMs ?? cooldown.quotaMs
      const heldMs = Math.min(waitMs, cooldown.maxRetryAfterMs)
      this.#hold('its quota is used up', heldMs, nowMs, problem.retryAfterMs !== null)
    } else if (problem.retryAfterMs !== null) {
      const waitMs = Math.min(problem.retryAfterMs, cooldown.maxRetryAfterMs)
      this.#hold('rate limited (429), for as long as the provider asks', waitMs, nowMs, true)
    } else if (sentMs >= this.#sinceMs) {
      const waitMs = Math.min(cooldown.maxMs, cooldown.firstMs * 2 ** this.#row)
      this.#row = Math.min(this.#row + 1, 30)
      this.#hold('rate limited (429)', waitMs, nowMs)
    }
  }

  /** A provider with several keys is left alone only when all of them may have been rejected. */
  rejected(keys: number, nowMs: number): void {
    if (++this.#rejections < keys) return
    this.#rejections = 0
    this.#holdUntilChanged('it rejects our key', nowMs)
  }

  /** The provider does not know the model. */
  absent(nowMs: number): void {
    this.#holdUntilChanged('the provider does not know this model', nowMs)
  }

  /** Another gateway leaves it alone. False where this one does so for longer already. */
  heldElsewhere(why: string, forMs: number, nowMs: number): boolean {
    const { maxRetryAfterMs, maxMs, quotaMs } = this.#inForce.settings.cooldown
    return this.#hold(why, Math.min(forMs, Math.max(maxRetryAfterMs, maxMs, quotaMs)), nowMs)
  }

  /** An attempt sent at `sentMs` was answered well: what was said before it no longer holds. */
  succeeded(sentMs: number): void {
    this.#rejections = 0
    if (sentMs < this.#sinceMs) return
    this.#row = 0
    this.#untilMs = Number.NEGATIVE_INFINITY
  }

  /** A configuration put in force anew may bring another key. */
  keysChanged(): void {
    this.#rejections = 0
    if (this.#untilChanged) this.#untilMs = Number.NEGATIVE_INFINITY
  }

  /** A restart reads the configuration anew, so what a changed one would end is not kept. */
  snapshot(nowMs: number): JsonObject | null {
    if (nowMs >= this.#untilMs || this.#untilChanged) return null
    const leftMs = this.#untilMs - nowMs
    return { leftMs, why: this.#why, named: this.#named, row: this.#row }
  }

  restore(from: JsonValue | undefined, takenMs: number): void {
    const leftMs = numberAt(from, 'leftMs')
    if (leftMs === null) return
    const { maxRetryAfterMs, maxMs, quotaMs, authMs } = this.#inForce.settings.cooldown
    this.#untilMs = takenMs + Math.min(leftMs, Math.max(maxRetryAfterMs, maxMs, quotaMs, authMs))
    this.#sinceMs = takenMs
    this.#why = stringAt(from, 'why') ?? 'cooling down'
    this.#named = booleanAt(from, 'named') ?? false
    this.#row = Math.max(0, Math.min(30, Math.trunc(numberAt(from, 'row') ?? 0)))
  }

  #holdUntilChanged(why: string, nowMs: number): void {
    const { authMs } = this.#inForce.settings.cooldown
    if (this.#hold(why, authMs, nowMs)) this.#untilChanged = true
  }

  /** False where it is left alone for longer already. */
  #hold(why: string, waitMs: number, nowMs: number, named = false): boolean {
    this.#sinceMs = nowMs
    if (nowMs + waitMs < this.#untilMs) return false
    this.#untilMs = nowMs + waitMs
    this.#why = why
    this.#named = named
    this.#untilChanged = false
    return true
  }
}
