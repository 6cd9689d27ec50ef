/**
 * What can go wrong, closed. The class decides the status a client sees, the fault decides who is
 * blamed (a caller's fault never counts against a target), and `retry` decides what execution may do.
 */
export type Fault = 'caller' | 'access' | 'policy' | 'provider' | 'gateway'

/** same: the same target may answer if asked again · other: only another target may · never: no one will. */
export type Retry = 'same' | 'other' | 'never'

interface ClassFacts {
  fault: Fault
  status: number
  retry: Retry
}

/** The one table from class to fault, status of our own answer, and what a retry can do. */
export const failureClasses = {
  invalid_request: { fault: 'caller', status: 400, retry: 'never' },
  context_length_exceeded: { fault: 'caller', status: 400, retry: 'other' },
  content_filtered: { fault: 'caller', status: 400, retry: 'never' },
  model_not_found: { fault: 'caller', status: 404, retry: 'other' },
  request_too_large: { fault: 'caller', status: 413, retry: 'other' },
  unauthenticated: { fault: 'access', status: 401, retry: 'never' },
  forbidden: { fault: 'access', status: 403, retry: 'never' },
  rate_limited: { fault: 'policy', status: 429, retry: 'never' },
  budget_exceeded: { fault: 'policy', status: 429, retry: 'never' },
  provider_rate_limited: { fault: 'provider', status: 429, retry: 'other' },
  provider_quota_exhausted: { fault: 'provider', status: 429, retry: 'other' },
  provider_auth: { fault: 'provider', status: 502, retry: 'other' },
  overloaded: { fault: 'provider', status: 503, retry: 'same' },
  server_error: { fault: 'provider', status: 502, retry: 'same' },
  unreachable: { fault: 'provider', status: 502, retry: 'same' },
  timeout: { fault: 'provider', status: 504, retry: 'other' },
  malformed_reply: { fault: 'provider', status: 502, retry: 'other' },
  truncated: { fault: 'provider', status: 502, retry: 'other' },
  no_target_available: { fault: 'gateway', status: 503, retry: 'never' },
  shutting_down: { fault: 'gateway', status: 503, retry: 'never' },
  cancelled: { fault: 'gateway', status: 499, retry: 'never' },
  internal: { fault: 'gateway', status: 500, retry: 'never' },
} as const satisfies Record<string, ClassFacts>

export type FailureClass = keyof typeof failureClasses

export interface Failure {
  readonly class: FailureClass
  readonly fault: Fault
  readonly retry: Retry
  /** For people, in whole sentences; never holds a secret. */
  readonly message: string
  /** How long the provider (or a limit) asks us to wait; null when it does not say. */
  readonly retryAfterMs: number | null
  /** Status the provider answered with; null when it did not answer, or the failure is our own. */
  readonly upstreamStatus: number | null
  /** The field of the request at fault, for dialects that name it. */
  readonly param: string | null
}

export interface FailureDetails {
  retry?: Retry
  retryAfterMs?: number | null
  upstreamStatus?: number | null
  param?: string | null
}

export function failure(
  failureClass: FailureClass,
  message: string,
  details: FailureDetails = {},
): Failure {
  const facts = failureClasses[failureClass]
  return {
    class: failureClass,
    fault: facts.fault,
    retry: details.retry ?? facts.retry,
    message,
    retryAfterMs: details.retryAfterMs ?? null,
    upstreamStatus: details.upstreamStatus ?? null,
    param: details.param ?? null,
  }
}

/** The status our own answer carries for a failure. */
export function statusOf(failureClass: FailureClass): number {
  return failureClasses[failureClass].status
}

/** The value, or why there is none. Expected outcomes are values; only the edge throws. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure }

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value })
export const failed = (value: Failure): { ok: false; failure: Failure } => ({
  ok: false,
  failure: value,
})
