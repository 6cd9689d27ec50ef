import { bindsTargets } from '../core/limits/denial-failure.ts'
import type { Charge, Denial } from '../core/limits/limit.ts'
import type { NamedQueue } from './queue-for.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** What becomes of a request that a limit denies, were it to arrive now. */
export interface WouldWait {
  /** What those before it wait for, so that it has to wait behind them; null: nobody is in its way. */
  behind(charges: readonly Charge[]): Denial | null
  /** Whether it would wait for room, rather than be refused. */
  isLetIn(denial: Denial): boolean
}

/** `timeoutMs`: what the client has patience for, null where it does not say. */
export function wouldWait(
  room: Pick<WaitingRoom, 'ahead' | 'accepts'>,
  queue: NamedQueue | null,
  timeoutMs: number | null,
  nowMs: number,
): WouldWait {
  if (queue === null) return { behind: () => null, isLetIn: () => false }
  const untilMs = nowMs + Math.min(queue.maxWaitMs, timeoutMs ?? Number.POSITIVE_INFINITY)
  const waiter = { queue: queue.name, most: queue.size, untilMs }
  return {
    behind: (charges) => room.ahead(charges),
    isLetIn: (denial) => !bindsTargets(denial.limit) && room.accepts(waiter, denial),
  }
}
