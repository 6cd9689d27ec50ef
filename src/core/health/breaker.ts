import { booleanAt, type JsonObject, type JsonValue, numberAt, stringAt } from '../json.ts'
import { probabilityOfFailing } from './likely-failing.ts'
import { savedNumber } from './saved-number.ts'
import type { HealthInForce, HealthSettings } from './settings.ts'
import { SuccessWindow, type WindowCounts } from './success-window.ts'
import type { Availability, BreakerState } from './vitals.ts'

/** A probe whose end was never told must not keep a target out for ever. */
const probeLeaseMs = 60_000
/** Who opens again so soon after closing has not recovered: it goes on where it stood. */
const relapseMs = 30_000
const growth = 1.5
const surely = 0.95
const firstShare = 0.1

const counts: WindowCounts = { calls: 0, failures: 0, slow: 0 }

/**
 * What an attempt has to show when it ends: before which opening it was sent, and whether it is the
 * probe.
 */
export interface Pass {
  readonly era: number
  readonly probe: number
}

/**
 * One target's circuit breaker. Open, it lets nothing through; once its time lapses it is half-open
 * and one probe at a time finds out. It never looks at a clock: state follows from the times it
 * keeps.
 *
 * Thin traffic opens it by failures in a row, or when failing is almost certain; steady traffic by
 * the share of failures, or by a row too long for chance.
 */
export class Breaker {
  readonly #inForce: HealthInForce
  readonly #window = new SuccessWindow()
  #consecutive = 0
  #open = false
  /** Open because another gateway said so; nothing was seen here. */
  #hearsay = false
  #because = ''
  /** Traffic was thin when it opened. */
  #quiet = false
  #level = 0
  #untilMs = 0
  #closedMs = Number.NEGATIVE_INFINITY
  #era = 0
  #probe = 0
  #probes = 0
  #probeSentMs = 0

  constructor(inForce: HealthInForce) {
    this.#inForce = inForce
  }

  state(nowMs: number): BreakerState {
    if (!this.#open) return 'closed'
    return nowMs < this.#untilMs ? 'open' : 'half-open'
  }

  /** Null when nothing stands in the way. */
  availability(nowMs: number): Availability | null {
    if (!this.#open) return this.#ramping(nowMs)
    if (nowMs < this.#untilMs) {
      return { state: 'unavailable', untilMs: this.#untilMs, because: this.#because }
    }
    if (!this.#probeUnderWay(nowMs)) return { state: 'probe' }
    const untilMs = this.#probeSentMs + probeLeaseMs
    return { state: 'unavailable', untilMs, because: `${this.#because}; a probe is under way` }
  }

  /** Share of slow attempts within the window; 0 without any. */
  slowShare(nowMs: number): number {
    const { calls, slow } = this.#counted(nowMs)
    return calls === 0 ? 0 : slow / calls
  }

  /** An attempt goes out; half-open with nobody trying, it is the probe. */
  sent(nowMs: number): Pass {
    if (!this.#open || nowMs < this.#untilMs || this.#probeUnderWay(nowMs)) {
      return { era: this.#era, probe: 0 }
    }
    this.#probe = ++this.#probes
    this.#probeSentMs = nowMs
    return { era: this.#era, probe: this.#probe }
  }

  /**
   * It answers: the first output of an attempt, or its end. Closes where the attempt was sent after
   * the opening: an older reply still being written says nothing about new requests. True if it
   * did.
   */
  alive(pass: Pass, nowMs: number): boolean {
    if (!this.#open || pass.era !== this.#era) return false
    this.#close(nowMs)
    return true
  }

  /**
   * Another gateway opened its own. `random` in [0, 1) makes up to twice its time of it: the one that
   * saw the failures probes first, and the others are told of the result. False if it is open already:
   * what was seen here tells more.
   */
  openedElsewhere(because: string, forMs: number, random: number, nowMs: number): boolean {
    if (this.#open) return false
    const { minimumCalls, maxOpenForMs, openForWhenQuietMs } = this.#settings
    this.#quiet = this.#counted(nowMs).calls < minimumCalls
    this.#level = 0
    this.#open = true
    this.#hearsay = true
    this.#era++
    this.#because = because
    const longestMs = Math.max(maxOpenForMs, openForWhenQuietMs)
    this.#untilMs = nowMs + Math.min(forMs, longestMs) * (1 + random)
    return true
  }

  /**
   * Another gateway is answered again. Closes what only hearsay had opened; what opened by failures
   * seen here may be probed at once, since the way from here can be another. True if it closed.
   */
  closedElsewhere(nowMs: number): boolean {
    if (!this.#open) return false
    if (!this.#hearsay) {
      this.hopeful(nowMs)
      return false
    }
    this.#close(nowMs)
    return true
  }

  succeeded(slow: boolean, nowMs: number): void {
    this.#consecutive = 0
    this.#add(false, slow, nowMs)
    if (slow && !this.#open) this.#judge('slow replies', nowMs)
  }

  failed(pass: Pass, cause: string, nowMs: number): void {
    this.#consecutive++
    this.#add(true, false, nowMs)
    if (!this.#open) this.#judge(cause, nowMs)
    else if (pass.probe !== 0 && pass.probe === this.#probe) this.#probeFailed(cause, nowMs)
  }

  /** An attempt ended without telling anything of the target: another may probe. */
  released(pass: Pass): void {
    if (pass.probe !== 0 && pass.probe === this.#probe) this.#probe = 0
  }

  /** Something else than a request found it alive: an open breaker may be probed at once. */
  hopeful(nowMs: number): void {
    if (this.#open && nowMs < this.#untilMs) this.#untilMs = nowMs
  }

  snapshot(nowMs: number): JsonObject {
    return {
      open: this.#open,
      because: this.#because,
      quiet: this.#quiet,
      level: this.#level,
      leftMs: this.#open ? this.#untilMs - nowMs : 0,
      closedAgoMs: Number.isFinite(this.#closedMs) ? nowMs - this.#closedMs : null,
      consecutive: this.#consecutive,
    }
  }

  restore(from: JsonValue | undefined, takenMs: number): void {
    this.#open = booleanAt(from, 'open') ?? false
    this.#because = stringAt(from, 'because') ?? 'breaker open'
    this.#quiet = booleanAt(from, 'quiet') ?? false
    this.#level = Math.max(0, Math.min(100, Math.trunc(numberAt(from, 'level') ?? 0)))
    this.#consecutive = Math.trunc(savedNumber(from, 'consecutive') ?? 0)
    // Whatever was saved, it does not stay open longer than it would by today's settings.
    const leftMs = Math.min(numberAt(from, 'leftMs') ?? 0, this.#openForMs())
    this.#untilMs = takenMs + leftMs
    const closedAgoMs = savedNumber(from, 'closedAgoMs')
    this.#closedMs = closedAgoMs === null ? Number.NEGATIVE_INFINITY : takenMs - closedAgoMs
  }

  get #settings(): HealthSettings {
    return this.#inForce.settings
  }

  #add(failed: boolean, slow: boolean, nowMs: number): void {
    this.#window.add(failed, slow, nowMs, this.#settings.windowMs)
  }

  #counted(nowMs: number): WindowCounts {
    return this.#window.count(nowMs, this.#settings.windowMs, counts)
  }

  #judge(cause: string, nowMs: number): void {
    const { minimumCalls, failureRate, consecutiveFailures, slow: slowness } = this.#settings
    const { calls, failures, slow } = this.#counted(nowMs)
    const row = this.#consecutive
    if (calls < minimumCalls) {
      const certain = () =>
        failures >= consecutiveFailures &&
        probabilityOfFailing(failures, calls - failures, failureRate) > surely
      if (row >= consecutiveFailures) this.#openUp(`${row} failures in a row`, true, cause, nowMs)
      else if (certain()) this.#openUp(`${failures} of ${calls} failed`, true, cause, nowMs)
    } else if (
      failures >= calls * failureRate ||
      row >= Math.max(consecutiveFailures, minimumCalls)
    ) {
      this.#openUp(`${failures} of ${calls} failed`, false, cause, nowMs)
    } else if (slowness.rate !== null && slow >= calls * slowness.rate) {
      this.#openUp(`${slow} of ${calls} were slow`, false, cause, nowMs)
    }
  }

  #openUp(because: string, quiet: boolean, cause: string, nowMs: number): void {
    const relapse = nowMs - this.#closedMs < relapseMs
    this.#level = relapse ? this.#level + 1 : 0
    // The window was cleared when it closed, so that steady traffic looks thin to a relapse; but where
    // it does not, there is traffic.
    if (!relapse || !quiet) this.#quiet = quiet
    this.#open = true
    this.#hearsay = false
    this.#era++
    this.#because = `breaker open: ${because}, the last with ${cause}`
    this.#untilMs = nowMs + this.#openForMs()
  }

  /**
   * The next probe is counted from when this one was due, not from when a request came to make it:
   * otherwise probes of sparse traffic drift apart, and a recovery goes unnoticed the longer.
   */
  #probeFailed(cause: string, nowMs: number): void {
    this.#probe = 0
    this.#hearsay = false
    this.#level++
    const openForMs = this.#openForMs()
    this.#because = `breaker open: its probe failed with ${cause}`
    this.#untilMs = Math.max(this.#untilMs + openForMs, nowMs + openForMs / 2)
  }

  #close(nowMs: number): void {
    this.#open = false
    this.#hearsay = false
    this.#probe = 0
    this.#consecutive = 0
    this.#window.clear()
    this.#closedMs = nowMs
  }

  #openForMs(): number {
    const { openForMs, maxOpenForMs, openForWhenQuietMs } = this.#settings
    if (this.#quiet) return openForWhenQuietMs
    return Math.min(maxOpenForMs, openForMs * growth ** this.#level)
  }

  #probeUnderWay(nowMs: number): boolean {
    return this.#probe !== 0 && nowMs < this.#probeSentMs + probeLeaseMs
  }

  /** Thin traffic is not ramped: a share of one request every few seconds protects nobody. */
  #ramping(nowMs: number): Availability | null {
    const { rampMs } = this.#settings
    const sinceMs = nowMs - this.#closedMs
    if (this.#quiet || sinceMs >= rampMs) return null
    return { state: 'ramping', share: firstShare + (1 - firstShare) * (sinceMs / rampMs) }
  }
}
