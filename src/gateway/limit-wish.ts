import type { Metric, Period } from '../core/limits/limit.ts'
import { largestAmount } from '../core/limits/limit-bounds.ts'
import { limitId } from '../core/limits/limit-id.ts'
import type { SetLimit } from '../core/limits/set-limit.ts'
import { answered, type DeskAnswer, type Refusal, refused } from './desk-answer.ts'
import { inUnits } from './limit-units.ts'
import { namedIn, type Whose } from './whose.ts'

/** A limit as an operator asks for it. */
export interface LimitWish {
  /** One scope, its name known. */
  readonly whose: Whose
  readonly metric: Metric
  readonly per: Period | null
  /** Whole numbers; dollars for `cost`. */
  readonly amount: number
  readonly burst: number
  /** Milliseconds since the epoch; null: until it is removed. */
  readonly expiresAtMs: number | null
}

/** The limit that is asked for, or the first thing that is wrong with it. */
export function setLimitFrom(wish: LimitWish, nowMs: number, by: string): DeskAnswer<SetLimit> {
  const [named, ...others] = namedIn(wish.whose)
  if (named === undefined) return refused('invalid_request', nobody)
  const [second] = others
  if (second !== undefined) {
    const message = `One limit is for one of them: ${named.scope} or ${second.scope}.`
    return refused('invalid_request', message, second.scope)
  }
  const wrong = wrongWindow(wish) ?? wrongAmount(wish) ?? wrongExpiry(wish, nowMs)
  if (wrong !== null) return { ok: false, refusal: wrong }
  const { metric, per, expiresAtMs } = wish
  const value = named.scope === 'global' ? null : named.value
  return answered({
    id: limitId(named.scope, value, metric, per),
    scope: named.scope,
    value,
    metric,
    per,
    amount: inUnits(metric, wish.amount),
    burst: inUnits(metric, wish.burst),
    expiresAtMs,
    setAtMs: nowMs,
    setBy: by,
  })
}

const nobody =
  'Say whose limit it is: user, provider, ip, client, policy, model, target, or global.'

function wrongWindow({ metric, per, burst }: LimitWish): Refusal | null {
  if (metric !== 'concurrent') {
    return per === null
      ? wrong('window', 'Say per what: second, minute, hour, day or month.')
      : null
  }
  if (per !== null) return wrong('window', 'Concurrent requests are not counted per window.')
  return burst === 0 ? null : wrong('burst', 'Concurrent requests have no burst: raise the limit.')
}

function wrongAmount({ metric, amount, burst }: LimitWish): Refusal | null {
  const [limitUnits, burstUnits] = [inUnits(metric, amount), inUnits(metric, burst)]
  // Below half a billionth of a dollar nothing is left of it.
  if (!(limitUnits > 0)) return wrong('limit', 'A limit is above 0.')
  if (!(burstUnits >= 0)) return wrong('burst', 'A burst is 0 or more.')
  const unit = metric === 'requests' || metric === 'concurrent' ? 'requests' : 'tokens'
  if (!Number.isInteger(limitUnits)) return wrong('limit', `A limit on ${unit} is a whole number.`)
  if (!Number.isInteger(burstUnits)) return wrong('burst', `A burst of ${unit} is a whole number.`)
  if (limitUnits + burstUnits <= largestAmount) return null
  const most = metric === 'cost' ? `$${largestAmount / 1e9}` : String(largestAmount)
  return wrong('limit', `A limit with its burst is at most ${most}.`)
}

/** Farther ahead somebody meant something else. */
const mostYears = 10
const yearMs = 366 * 86_400_000

function wrongExpiry({ expiresAtMs }: LimitWish, nowMs: number): Refusal | null {
  if (expiresAtMs === null) return null
  if (expiresAtMs <= nowMs) return wrong('expires', 'That is over already.')
  return expiresAtMs - nowMs <= mostYears * yearMs
    ? null
    : wrong('expires', `A limit expires within ${mostYears} years, or not at all: leave it out.`)
}

function wrong(field: string, message: string): Refusal {
  return refused('invalid_request', message, field).refusal
}
