import { describe, it } from 'vitest'
import type { Limit } from '../../../src/core/limits/limit.ts'
import type { LimitState } from '../../../src/gateway/limit-state.ts'

/** How a process ends: orderly, or at once (SIGKILL). */
export type Ending = 'closed' | 'killed'

/** An implementation of `LimitState`, for `describeLimitState`. */
export interface StateKind {
  readonly name: string
  /**
   * Its time stands still but for `advance` and `stepWall`. Where it is the machine's, tests that need
   * hours or exact instants are left out.
   */
  readonly virtualTime: boolean
  /** The books are in this process: `look` and `wouldDeny` know what other borrowers have taken. */
  readonly inProcess: boolean
  /** Ends after which its books are still there. */
  readonly survives: readonly Ending[]
  /** A state without any books. */
  open(): Promise<OpenedState>
}

export interface OpenedState {
  /** Another one after `restart`. */
  readonly state: LimitState
  /** Lets so much time pass: moves it on where it is virtual, waits where it is not. */
  advance(byMs: number): Promise<void>
  /** Sets the wall clock forward or back; the monotonic one goes on. Virtual time only. */
  stepWall(byMs: number): void
  /** Ends the process and opens the next on what it has left. Only for ends that it survives. */
  restart(ending: Ending, limits: readonly Limit[]): Promise<void>
  close(): Promise<void>
}

/** Opens, and closes whatever happens. */
export async function withState(
  kind: StateKind,
  use: (opened: OpenedState) => Promise<void>,
): Promise<void> {
  const opened = await kind.open()
  try {
    await use(opened)
  } finally {
    await opened.close()
  }
}

/** For kinds on which it can be tried; elsewhere there is no such test, rather than one that is skipped. */
export function itWhere(isPossible: boolean): (name: string, body: () => Promise<void>) => void {
  return (name, body) => {
    if (isPossible) it(name, body)
  }
}

/** A group of such tests. */
export function describeWhere(isPossible: boolean): (name: string, body: () => void) => void {
  return (name, body) => {
    if (isPossible) describe(name, body)
  }
}
