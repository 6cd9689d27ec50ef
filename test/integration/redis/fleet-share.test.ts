import { describe, expect, it, onTestFinished } from 'vitest'
import type { RedisState } from '../../../src/adapters/state/redis/redis-state.ts'
import type { HealthChange } from '../../../src/core/health/change.ts'
import { createFleet, type LiveFleet } from '../../../src/core/health/fleet.ts'
import { until } from '../../support/gateway.ts'
import { redisPresent, startRedis } from '../../support/redis-server.ts'
import { failing, load, success, targetNamed } from '../../unit/core/health/fleets.ts'
import { addressOf } from './address.ts'
import { openState } from './states.ts'

const target = targetNamed('east/large')

interface Gateway {
  readonly fleet: LiveFleet
  readonly heard: readonly HealthChange[]
}

/** A gateway's fleet, joined to the others' as the gateway does it. */
function joined({ fleet: share }: RedisState): Gateway {
  const heard: HealthChange[] = []
  const fleet = createFleet(undefined, (change) => share.publish(change))
  share.onHeard((change) => {
    heard.push(change)
    fleet.told(change, 0.5, performance.now())
  })
  onTestFinished(() => share.close())
  return { fleet, heard }
}

function isOut({ fleet }: Gateway): boolean {
  return fleet.vitals(target).availability(performance.now()).state === 'unavailable'
}

function breakHere({ fleet }: Gateway): void {
  for (let time = 0; time < 2; time++) {
    fleet.sent(target, load, performance.now()).ended(failing('server_error'), performance.now())
  }
}

describe.skipIf(!redisPresent)('gateways that share what they see of targets', () => {
  it('leave alone what one of them found broken, and use it again when one finds it alive', async () => {
    const { port } = await startRedis()
    const states = await Promise.all([1, 2, 3].map(() => openState(addressOf(port))))
    const [one, two, three] = states.map(joined)
    if (one === undefined || two === undefined || three === undefined) throw new Error('three')
    // They are connected when each has heard another.
    await connected(states, [one, two, three])
    breakHere(one)
    await until(() => isOut(two) && isOut(three))
    expect(one.heard.filter((change) => change.target === target.name)).toEqual([])
    const probe = one.fleet.sent(target, load, performance.now() + 60_000)
    probe.ended(success(), performance.now() + 60_000)
    await until(() => !isOut(two) && !isOut(three))
  })

  it('tell one that starts later what is in force', async () => {
    const { port } = await startRedis()
    const first = joined(await openState(addressOf(port)))
    breakHere(first)
    first.fleet.sent(targetNamed('west/small'), load, 0).ended(failing('provider_rate_limited'), 0)
    first.fleet.sent(targetNamed('west/key'), load, 0).ended(failing('provider_auth'), 0)
    const heard = await untilHeard(port, 2)
    // What is told while it starts may be heard twice: of what is in force, and on the channel.
    const news = new Set(heard.map(({ target: name, to }) => `${name} ${to}`))
    expect(news).toEqual(new Set(['east/large open', 'west/small cooling']))
    for (const { forMs } of heard) expect(forMs).toBeGreaterThan(0)
  })

  it('tell what they saw while Redis was away when it is back', async () => {
    const server = await startRedis()
    const first = joined(await openState(addressOf(server.port)))
    await server.kill()
    breakHere(first)
    await server.restart()
    const heard = await untilHeard(server.port, 1)
    expect(heard).toMatchObject([{ target: target.name, to: 'open' }])
  })

  it('take no notice of what is no such message', async () => {
    const server = await startRedis()
    const first = joined(await openState(addressOf(server.port)))
    const name = '{test}:fleet'
    await until(async () => Number(await server.command('PUBLISH', name, 'nonsense')) === 1)
    await server.command('PUBLISH', name, '{"by":"x","target":1,"to":"open"}')
    const text = '{"by":"x","target":"east/large","to":"open","because":"so","forMs":5000}'
    await server.command('PUBLISH', name, text)
    await until(() => isOut(first))
    expect(first.heard).toHaveLength(1)
  })
})

/** Gateways start until one hears so much at its start: those before may still be telling. */
async function untilHeard(port: number, count: number): Promise<readonly HealthChange[]> {
  for (;;) {
    const { heard } = joined(await openState(addressOf(port)))
    await new Promise((resolve) => setTimeout(resolve, 100))
    if (heard.length >= count) return heard
  }
}

async function connected(states: readonly RedisState[], gateways: readonly Gateway[]) {
  await until(async () => {
    for (const [index, { fleet }] of states.entries()) {
      fleet.publish({ target: `hello/${index}`, to: 'closed', because: 'hello', forMs: 0 })
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
    return gateways.every(({ heard }) => new Set(heard.map((each) => each.target)).size === 2)
  })
}
