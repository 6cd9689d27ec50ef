import type { Failure } from '../failure.ts'

/**
 * What a failure says of the target: it is broken (the breaker counts it), it limits us or has no
 * quota left, it rejects our key, or nothing at all, because the caller, a policy or we ourselves
 * are at fault.
 */
export type Verdict = 'broken' | 'limited' | 'rejected' | 'nothing'

export function verdictOn({ class: failureClass, fault }: Failure): Verdict {
  if (fault !== 'provider') return 'nothing'
  switch (failureClass) {
    case 'provider_rate_limited':
    case 'provider_quota_exhausted':
      return 'limited'
    case 'provider_auth':
      return 'rejected'
    default:
      return 'broken'
  }
}
