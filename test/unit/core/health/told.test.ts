import { describe, expect, it } from 'vitest'
import type { HealthChange } from '../../../../src/core/health/change.ts'
import { createFleet } from '../../../../src/core/health/fleet.ts'
import { failing, load, success, targetNamed } from './fleets.ts'

const target = targetNamed('p/m')
const opened: HealthChange = { target: 'p/m', to: 'open', because: 'broken there', forMs: 5_000 }
const cooling: HealthChange = { ...opened, to: 'cooling', because: 'rate limited (429)' }
const back: HealthChange = { ...opened, to: 'closed', because: 'it answers again', forMs: 0 }

function rig() {
  const said: HealthChange[] = []
  const fleet = createFleet(undefined, (change) => said.push(change))
  const availability = (nowMs: number) => fleet.vitals(target).availability(nowMs)
  const fail = (nowMs: number) =>
    fleet.sent(target, load, nowMs).ended(failing('server_error'), nowMs)
  return { fleet, said, availability, fail }
}

describe('a breaker that opened at another gateway', () => {
  it('is open here, and nobody is told of it again', () => {
    const { fleet, said, availability } = rig()
    expect(fleet.told(opened, 0, 1_000)).toBe(true)
    expect(availability(1_000)).toMatchObject({ state: 'unavailable', because: 'broken there' })
    expect(said).toEqual([])
  })

  it('is probed here later than there, by each gateway at its own time', () => {
    const { fleet, availability } = rig()
    fleet.told(opened, 0.5, 0)
    expect(availability(7_499).state).toBe('unavailable')
    expect(availability(7_500).state).toBe('probe')
  })

  it('is told to be closed by the gateway whose probe is answered', () => {
    const { fleet, said, availability } = rig()
    fleet.told(opened, 0, 0)
    fleet.sent(target, load, 5_000).ended(success(), 5_100)
    expect(availability(5_100).state).not.toBe('unavailable')
    expect(said.map(({ to }) => to)).toEqual(['closed'])
  })

  it('does not shorten or lengthen what was seen here', () => {
    const { fleet, availability, fail } = rig()
    fail(0)
    fail(0)
    const before = availability(1)
    expect(before).toMatchObject({ state: 'unavailable' })
    expect(fleet.told(opened, 0.9, 1)).toBe(false)
    expect(availability(1)).toEqual(before)
  })

  it('asks for no longer than the settings here allow', () => {
    const { fleet, availability } = rig()
    fleet.told({ ...opened, forMs: 1e9 }, 0, 0)
    expect(availability(12_200).state).toBe('probe')
  })
})

describe('a target that another gateway found alive', () => {
  it('is used again where only that gateway had said it was broken', () => {
    const { fleet, said, availability } = rig()
    fleet.told(opened, 0, 0)
    expect(fleet.told(back, 0, 1_000)).toBe(true)
    expect(availability(1_000).state).not.toBe('unavailable')
    expect(said).toEqual([])
  })

  it('is probed at once where it failed here as well', () => {
    const { fleet, availability, fail } = rig()
    fail(0)
    fail(0)
    expect(fleet.told(back, 0, 1_000)).toBe(false)
    expect(availability(1_000).state).toBe('probe')
  })

  it('is probed where the probe of hearsay failed here', () => {
    const { fleet, availability, fail } = rig()
    fleet.told(opened, 0, 0)
    fail(5_000)
    expect(availability(5_001).state).toBe('unavailable')
    expect(fleet.told(back, 0, 5_002)).toBe(false)
    expect(availability(5_002).state).toBe('probe')
  })

  it('is no news where nothing is known of it', () => {
    const { fleet } = rig()
    expect(fleet.told(back, 0, 0)).toBe(false)
    expect([...fleet.all()]).toEqual([])
  })
})

describe('a cooldown of another gateway', () => {
  it('holds here for as long, and ends by itself', () => {
    const { fleet, said, availability } = rig()
    expect(fleet.told(cooling, 0.5, 0)).toBe(true)
    expect(availability(4_999)).toMatchObject({ state: 'unavailable', untilMs: 5_000 })
    expect(availability(5_000).state).toBe('ready')
    expect(said).toEqual([])
  })

  it('does not end a longer one', () => {
    const { fleet, availability } = rig()
    const limited = failing('provider_rate_limited', 60_000)
    fleet.sent(target, load, 0).ended(limited, 0)
    expect(fleet.told(cooling, 0, 0)).toBe(false)
    expect(availability(0)).toMatchObject({ untilMs: 60_000 })
  })
})

describe('what is told to others', () => {
  it('leaves out nothing but what may be due to the configuration here', () => {
    const { fleet, said } = rig()
    fleet.sent(target, load, 0).ended(failing('provider_auth'), 0)
    const other = targetNamed('p/other')
    fleet.sent(other, load, 0).ended(failing('provider_rate_limited'), 0)
    expect(said).toMatchObject([
      { target: 'p/m', to: 'cooling', onlyHere: true },
      { target: 'p/other', to: 'cooling', onlyHere: false },
    ])
  })
})
