/** What a limit counts. Units: one per request, tokens, nano-dollars for `cost`, requests under way. */
export const metrics = [
  'requests',
  'inputTokens',
  'outputTokens',
  'tokens',
  'cost',
  'concurrent',
] as const
export type Metric = (typeof metrics)[number]

export const periods = ['second', 'minute', 'hour', 'day', 'month'] as const
export type Period = (typeof periods)[number]

/** What limits are kept for. `provider` and `target` are known once a candidate is chosen. */
export const scopes = [
  'global',
  'provider',
  'target',
  'ip',
  'user',
  'client',
  'policy',
  'model',
] as const
export type Scope = (typeof scopes)[number]

export type Window =
  /**
   * A token bucket that is exact: in no stretch of `lengthMs` more than amount + burst, and in the long
   * run no more than amount per `lengthMs`. What was taken comes back `lengthMs` later.
   */
  | { readonly kind: 'sliding'; readonly lengthMs: number }
  /** Filled up by its amount, to amount + burst at most, when a new period begins in the time zone. */
  | { readonly kind: 'calendar'; readonly period: Period; readonly timeZone: string }
  /** Taken while the request runs: `concurrent`. */
  | { readonly kind: 'held' }

/** One limit on one metric. */
export interface Limit {
  /** Unique, and the same over reloads, restarts and replicas. `policy:product-x requests/minute` */
  readonly id: string
  /**
   * Id of the limit whose books it goes on with, where that is another: it holds for one value in place
   * of a limit for every value. See `shelfOf`.
   */
  readonly booksOf?: string
  /** A book is kept for each combination of these: `['client', 'model']`; `['global']`: one book. */
  readonly dimensions: readonly Scope[]
  /**
   * The values it is for, by dimension: `{ policy: 'product-x' }`. A dimension without one has a book
   * for every value.
   */
  readonly only: Readonly<Partial<Record<Scope, string>>>
  readonly metric: Metric
  /** null for `concurrent`. */
  readonly per: Period | null
  readonly window: Window
  /** In units of its metric, positive. */
  readonly amount: number
  /** Beyond `amount`, in the same units; 0: none. */
  readonly burst: number
  /** While the shared state is out of reach: refuse (true), or hold this process's share of it. */
  readonly strict: boolean
  /** Set at run time until then, milliseconds since the epoch; null: for good. */
  readonly expiresAtMs: number | null
}

/** A limit and whose book of it: `global`, `user:alice`, `client:web|model:fast`. */
export interface Binding {
  readonly limit: Limit
  readonly subject: string
}

/** What is to be taken from a book. */
export interface Charge extends Binding {
  /** In units of the metric; never negative. What is taken. */
  readonly amount: number
  /**
   * There is room when so much is left: 0 to `amount`. What is taken is `amount` all the same, so a book
   * may fall below zero by the difference. A request near the end of a budget has to fit as it is
   * expected to be, not as it may be at worst.
   */
  readonly least: number
}

/** How a book stands. */
export interface Reading extends Binding {
  /** May be negative: a reply was longer than what had been borrowed for it. */
  readonly remaining: number
  /** Until all of it is back; 0 when it is. */
  readonly resetMs: number
}

/** Why nothing was charged. */
export interface Denial extends Binding {
  /** `Charge.least` */
  readonly needed: number
  readonly remaining: number
  /**
   * Until so much will be there; null when it never will: more than the limit holds at all. Where what is
   * borrowed and not yet settled may free enough of a calendar book, a second.
   */
  readonly retryAfterMs: number | null
}

/**
 * Reads as in `policy:product-x`, `client:web|model:fast`; it is the `scope` of explanations. In a value
 * `|` is written %7C, and `%` then %25: clients choose names of users, and must not be able to name the
 * book of somebody else.
 */
export function subjectOf(scope: Scope, value: string): string {
  if (scope === 'global') return 'global'
  return `${scope}:${apart.test(value) ? value.replaceAll(aparts, escaped) : value}`
}

const apart = /[|%]/
const aparts = /[|%]/g

function escaped(character: string): string {
  return character === '|' ? '%7C' : '%25'
}
