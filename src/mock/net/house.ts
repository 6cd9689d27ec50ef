import type { BehaviourBook } from '../behaviour/behaviour-book.ts'
import { createBehaviourBook } from '../behaviour/behaviour-book.ts'
import type { Gatekeeper } from '../behaviour/gate.ts'
import { createGatekeeper } from '../behaviour/gate.ts'
import { usualModels } from '../wire/models.ts'
import type { WritableLog } from './log.ts'
import { createLog } from './log.ts'
import type { TimerWheel } from './timer-wheel.ts'
import { createTimerWheel } from './timer-wheel.ts'

/** What all connections of one mock share. */
export interface House {
  readonly seed: number
  readonly book: BehaviourBook
  readonly gatekeeper: Gatekeeper
  readonly wheel: TimerWheel
  readonly log: WritableLog
  /** Models to list. */
  readonly models: readonly string[]
  /** Milliseconds since the epoch. */
  wallMs(): number
  nextConnection(): number
  nextRequest(): number
}

export interface HouseOptions {
  readonly seed: number
  readonly behaviour: string
  readonly models: Readonly<Record<string, string>>
  readonly logLimit: number
}

export function createHouse({ seed, behaviour, models, logLimit }: HouseOptions): House {
  let connections = 0
  let requests = 0
  return {
    seed,
    book: createBehaviourBook(behaviour, models),
    gatekeeper: createGatekeeper(seed),
    wheel: createTimerWheel(),
    log: createLog(logLimit),
    models: [...Object.keys(models), ...usualModels],
    wallMs: () => Date.now(),
    nextConnection: () => ++connections,
    nextRequest: () => ++requests,
  }
}
