import { createRedisState } from '../../../src/adapters/state/redis/redis-state.ts'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import { charge, concurrentLimit, take } from '../../conformance/limits/limits.ts'
import { addressOf } from './address.ts'

/** A process of its own that takes so many places, says so, and holds them until it is killed. */
const [port, places] = process.argv.slice(2).map(Number)
if (port === undefined || places === undefined) throw new Error('which port, how many places?')
const state = createRedisState({
  address: addressOf(port),
  clock: systemClock,
  limits: () => [],
  onMode() {},
  onProblem() {},
})
await state.open()
const limit = concurrentLimit('places', places)
for (let place = 0; place < places; place++) {
  if (!(await take(state.limits, charge(limit)))) throw new Error('there was no room')
}
process.stdout.write('holding\n')
