import type { Failure } from '../failure.ts'

/**
 * What a failure says of the target: it is broken (the breaker counts it), it limits us or has no
 * quota left, it rejects our key, the provider does not know it, or nothing at all, because the
 * caller, a policy or we ourselves are at fault.
 */
export type Verdict = 'broken' | 'limited' | 'rejected' | 'absent' | 'nothing'

export function verdictOn({ class: failureClass, fault, upstreamStatus }: Failure): Verdict {
  // The caller may have made the name up, but what the provider does not know it will not know next
  // time: an alias that begins with it would fail over with every request.
  if (failureClass === 'model_not_found' && upstreamStatus !== null) return 'absent'
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
