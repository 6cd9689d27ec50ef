import type { Failure } from '../core/failure.ts'
import type { Excluded } from '../core/plan/plan.ts'
import type { Attempt, UpstreamReply } from './attempt.ts'

/** How a request came out. In every case the last bytes have not left yet: accounting comes first. */
export interface Ending {
  readonly outcome: 'success' | 'failure' | 'cancelled'
  readonly attempts: readonly Attempt[]
  /** The attempt that answered, or the last one made. */
  readonly final: Attempt | null
  readonly failure: Failure | null
  /** Targets that could not express the request, found out when their turn came. */
  readonly unfit: readonly Excluded[]
  /** Last bytes of a success. */
  readonly tail: readonly Uint8Array[]
}

/** The provider's own error, where the client gets it as it is: it speaks the same dialect. */
export function providersError({ final, failure: problem }: Ending): UpstreamReply | null {
  return final?.passesThrough === true && problem === final.failure ? final.upstreamReply : null
}

/** Whose attempt the ending is: that of the one the client read, unless it ends with another's failure. */
export function finalOf(
  attempts: readonly Attempt[],
  winner: Attempt | null,
  problem: Failure | null,
): Attempt | null {
  if (problem === null) return winner
  const failed = attempts.find(({ failure }) => failure === problem)
  return failed ?? winner ?? attempts.at(-1) ?? null
}
