import { onTestFinished } from 'vitest'
import type { RedisAddress } from '../../../src/adapters/state/redis/address.ts'
import {
  createRedisState,
  type RedisState,
  type RedisStateOptions,
} from '../../../src/adapters/state/redis/redis-state.ts'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import type { Limit } from '../../../src/core/limits/limit.ts'
import { until } from '../../support/gateway.ts'
import { addressOf } from './address.ts'

export interface TestState extends RedisState {
  /** Modes it has told of, in order, and why. */
  readonly modes: readonly (readonly [mode: string, message: string])[]
  readonly problems: readonly string[]
}

/** Another gateway's state; open. */
export async function openState(
  address: RedisAddress,
  options: Partial<RedisStateOptions> = {},
): Promise<TestState> {
  const modes: [string, string][] = []
  const problems: string[] = []
  const state = createRedisState({
    address,
    clock: systemClock,
    limits: () => [],
    onMode: (mode, message) => modes.push([mode, message]),
    onProblem: (message) => problems.push(message),
    ...options,
  })
  onTestFinished(() => state.close())
  await state.open()
  return { ...state, modes, problems }
}

export function modeOf({ limits }: RedisState): 'exact' | 'local' {
  return limits.health().mode
}

export function untilMode(
  mode: 'exact' | 'local',
  ...states: readonly RedisState[]
): Promise<void> {
  return until(() => states.every((state) => modeOf(state) === mode))
}

/** Four gateways that all know of each other. */
export async function openFour(
  port: number,
  ...known: readonly Limit[]
): Promise<[TestState, TestState, TestState, TestState]> {
  const open = () => openState(addressOf(port, { timeoutMs: 200 }), { limits: () => known })
  const states: [TestState, TestState, TestState, TestState] = [
    await open(),
    await open(),
    await open(),
    await open(),
  ]
  await until(() => states.every((state) => state.limits.health().replicas === 4))
  return states
}
