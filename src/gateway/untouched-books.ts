import type { LimitState } from './limit-state.ts'

/** Books from which nothing has been taken: what a gateway begins with. */
export const untouchedBooks: Pick<LimitState, 'look' | 'wouldDeny'> = {
  look: (charges) =>
    charges.map(({ limit, subject }) => ({
      limit,
      subject,
      remaining: limit.amount + limit.burst,
      resetMs: 0,
    })),
  wouldDeny(charges) {
    for (const { limit, subject, least } of charges) {
      const remaining = limit.amount + limit.burst
      if (least > remaining) return { limit, subject, needed: least, remaining, retryAfterMs: null }
    }
    return null
  },
}
