import type { Charge, Denial } from '../../../core/limits/limit.ts'
import type { Borrowed, Borrowing } from '../../../gateway/limit-state.ts'
import { taken } from './change.ts'
import { amongAll, fitted, fittedTo, withoutStrict } from './local-share.ts'
import type { Sharing } from './sharing.ts'

/** Redis is back within this time, or something is wrong with it. */
const backWithinMs = 5_000

/** Gives out what this gateway may by itself, and notes what Redis is to be told of it. */
export function decideHere(
  sharing: Sharing,
  borrowing: Borrowing,
  answer: (borrowed: Borrowed) => void,
): void {
  const decidable = withoutStrict(borrowing)
  if ('unavailable' in decidable) {
    answer({ granted: false, unavailable: decidable.unavailable })
    return
  }
  const within = fittedTo(decidable.borrowing, 1 / sharing.replicas.count)
  sharing.shadow.borrow(within, (decided) => {
    const borrowed = amongAll(decided, decidable.options)
    if (!borrowed.granted) {
      const isDenied = 'denial' in borrowed
      answer(isDenied ? { ...borrowed, denial: ofLimit(borrowed.denial) } : borrowed)
      return
    }
    const at = sharing.time.ofShadow(borrowed.at)
    const { ticket, charges, options } = borrowing
    const all = [...charges, ...(options[borrowed.option] ?? [])]
    for (const charge of all) {
      if (charge.limit.window.kind !== 'held') sharing.unsent.add(taken(charge, charge.amount, at))
      else if (charge.amount > 0) sharing.places.unknown = true
    }
    hold(sharing, ticket, all)
    answer({ ...borrowed, at })
  })
}

/** First of the charges there is no room for in the share of this gateway. */
export function deniedHere(
  { shadow, replicas }: Sharing,
  charges: readonly Charge[],
): Denial | null {
  const share = 1 / replicas.count
  const denial = shadow.wouldDeny(
    share < 1 ? charges.map((charge) => fitted(charge, share)) : charges,
  )
  return denial === null ? null : ofLimit(denial)
}

/** What the share will never hold, though the limit does, has to wait for Redis. */
function ofLimit(denial: Denial): Denial {
  const { needed, retryAfterMs, limit } = denial
  if (retryAfterMs !== null || needed > limit.amount + limit.burst) return denial
  return { ...denial, retryAfterMs: backWithinMs }
}

/** Places that were taken have to be kept. */
export function hold({ places }: Sharing, ticket: string, charges: readonly Charge[]): void {
  for (const charge of charges) {
    if (charge.limit.window.kind === 'held' && charge.amount > 0) places.add(charge, ticket)
  }
}
