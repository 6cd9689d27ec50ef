import type { Limit } from '../../../core/limits/limit.ts'
import type { SetLimitStore } from '../../../gateway/book-store.ts'
import type { FleetShare } from '../../../gateway/fleet-share.ts'
import type { LimitState } from '../../../gateway/limit-state.ts'
import type { Clock } from '../../../gateway/ports.ts'
import { type RedisAddress, showAddress } from './address.ts'
import { Attendance } from './attendance.ts'
import { evictionProblem } from './eviction.ts'
import { Link } from './link.ts'
import { leaveScript } from './lua/join.ts'
import { describeProblem } from './problems.ts'
import { RedisFleetShare } from './redis-fleet-share.ts'
import { RedisLimits } from './redis-limits.ts'
import { RedisSetLimits } from './redis-set-limits.ts'
import { Rejoin } from './rejoin.ts'
import { openSharing } from './sharing.ts'

export interface RedisStateOptions {
  readonly address: RedisAddress
  readonly clock: Clock
  /** Every limit in force, those set at run time too: books are listed, and told anew, by them. */
  readonly limits: () => readonly Limit[]
  /**
   * The shared books are out of reach (`local`: each gateway holds its share of every limit) or back
   * (`exact`). Once for each change.
   */
  readonly onMode: (mode: 'exact' | 'local', message: string) => void
  /** Something that does not change the mode, in a sentence. */
  readonly onProblem: (message: string) => void
}

export interface RedisState {
  readonly limits: LimitState
  readonly setLimits: SetLimitStore
  readonly fleet: FleetShare
  /** Resolves when Redis was reached, or cannot be: within two seconds. Never rejects. */
  open(): Promise<void>
  close(): Promise<void>
}

/**
 * A call waits for this process before it is written, and then for up to two time-outs. What Redis would
 * do later it refuses; what it did, though nobody waited any more, is given back when it is reached again.
 */
const leastPatienceMs = 1_000

/** State that gateways share by way of Redis or Valkey. Nothing is sent before `open`. */
export function createRedisState(options: RedisStateOptions): RedisState {
  const { address, clock, limits, onMode, onProblem } = options
  const { timeoutMs } = address
  const patienceMs = Math.max(leastPatienceMs, 4 * timeoutMs)
  const sharing = openSharing(clock, address.prefix, limits, patienceMs)
  const { standing, replicas } = sharing
  const rejoin = new Rejoin(sharing)
  // Away until it was reached.
  let problem: string | null = 'Redis has not been reached yet.'
  let mode: 'exact' | 'local' | null = null
  let version = 0
  const enter = (next: 'exact' | 'local', message: string) => {
    problem = next === 'exact' ? null : message
    if (mode !== next) onMode(next, message)
    mode = next
  }
  let told: string | null = null
  const tellOnce = (message: string | null) => {
    if (message !== null && message !== told) onProblem(message)
    told = message
  }
  const link = new Link({
    address,
    clock,
    patienceMs,
    async welcome(asking) {
      version = (await rejoin.run(asking, () => setLimits.restore(asking))).version
    },
    onHere() {
      attendance.returned()
      limitState.tellUnsent()
      setLimits.noticed(version)
      void evictionProblem(link).then(tellOnce)
      enter('exact', `Limits are shared through ${showAddress(address)}.`)
    },
    onAway(error) {
      const part = replicas.count === 1 ? 'all' : `1/${replicas.count}`
      const share = `this gateway gives out ${part} of every limit by itself`
      enter('local', `${describeProblem(error, address)}: ${share} until it is back.`)
    },
  })
  const setLimits = new RedisSetLimits(sharing, link, onProblem)
  const attendance = new Attendance(sharing, link, (seen) => {
    setLimits.noticed(seen)
    limitState.tellUnsent()
  })
  const limitState = new RedisLimits({
    sharing,
    link,
    onVersion: (seen) => setLimits.noticed(seen),
    onMended: (keys) =>
      onProblem(`${keys} keys under ${standing.names.books} held something else and were emptied.`),
    problem: () => problem,
    leave,
  })
  const fleet = new RedisFleetShare({
    address,
    clock,
    gatewayId: standing.gatewayId,
    name: standing.names.fleet,
  })

  /** Waits for what is under way, which takes no longer than the time-out. */
  async function leave(): Promise<void> {
    attendance.stop()
    limitState.tellUnsent()
    const keys = [...standing.keys, standing.names.gateways]
    await link.call(leaveScript, keys, [standing.gatewayId]).catch(() => {})
    link.close()
    const { size } = sharing.unsent
    if (size > 0) {
      const lost = `${size} changes of limits were made while Redis was away, and are lost`
      onProblem(`${lost}: this gateway has stopped before Redis was back.`)
    }
  }

  return {
    limits: limitState,
    setLimits,
    fleet,
    async open() {
      attendance.start()
      await link.open()
    },
    async close() {
      await fleet.close()
      await limitState.close()
    },
  }
}
