import type { Behaviour } from '../behaviour/behaviour.ts'
import { createBehaviourBook } from '../behaviour/behaviour-book.ts'
import { createGatekeeper } from '../behaviour/gate.ts'
import type { Premises } from '../prepare.ts'
import { usualModels } from '../wire/models.ts'
import type { WritableLog } from './log.ts'
import { createLog } from './log.ts'
import type { TimerWheel } from './timer-wheel.ts'
import { createTimerWheel } from './timer-wheel.ts'

/** What all connections of one mock share. */
export interface House extends Premises {
  readonly wheel: TimerWheel
  readonly log: WritableLog
  nextConnection(): number
  nextRequest(): number
}

export interface HouseOptions {
  readonly seed: number
  readonly behaviour: Behaviour
  readonly models: Readonly<Record<string, string>>
  readonly logLimit: number
}

/** Fixed, so that the same request is answered with the same bytes on any day: 2026-01-01. */
const CREATED_S = 1_767_225_600

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
    nowMs: () => Date.now(),
    createdS: () => CREATED_S,
    nextConnection: () => ++connections,
    nextRequest: () => ++requests,
  }
}
