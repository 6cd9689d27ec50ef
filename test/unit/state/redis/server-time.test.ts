import { describe, expect, it } from 'vitest'
import { Replicas } from '../../../../src/adapters/state/redis/replicas.ts'
import { ServerTime } from '../../../../src/adapters/state/redis/server-time.ts'

/** A server whose clock is ahead of the one here, asked at an instant of the monotonic clock here. */
function rig(aheadMs: number) {
  let nowMs = 1_000
  const time = new ServerTime(() => nowMs, 1_000_000)
  return {
    time,
    ask(roundTripMs: number, ahead = aheadMs, outdated = false) {
      const sentMs = nowMs
      nowMs += roundTripMs
      return time.heard(1_000_000 + sentMs + roundTripMs / 2 + ahead, sentMs, outdated)
    },
    pass(ms: number) {
      nowMs += ms
    },
    aheadMs: () => time.nowMs() - 1_000_000 - nowMs,
  }
}

describe('the time of the server', () => {
  it('is that of this machine until it has answered', () => {
    const { time } = rig(0)
    expect(time.nowMs()).toBe(1_000_000)
  })

  it('is taken from its answers, and most from the fastest', () => {
    const { ask, aheadMs } = rig(5_000)
    expect(ask(20)).toBe(0)
    expect(aheadMs()).toBe(5_000)
    ask(40, 5_010)
    expect(aheadMs()).toBe(5_000)
    ask(10, 5_003)
    expect(aheadMs()).toBe(5_003)
  })

  it('follows slow answers when the fast one is old, or has proved to be wrong', () => {
    const { ask, pass, aheadMs } = rig(0)
    ask(2)
    pass(30_001)
    ask(40, 7)
    expect(aheadMs()).toBe(7)
    ask(45, 30, true)
    expect(aheadMs()).toBe(30)
  })

  it.each([3_600_000, -86_400_000])('does not follow a clock that is set by %i ms', (stepMs) => {
    const { ask, aheadMs } = rig(0)
    ask(2)
    expect(ask(2, stepMs)).toBe(stepMs)
    expect(aheadMs()).toBe(0)
    expect(ask(2, 0)).toBe(0)
  })

  it('takes a late answer for what it is', () => {
    const { ask, aheadMs } = rig(0)
    ask(2)
    // Frozen for an hour before it looked at its clock.
    expect(ask(3_600_000, 1_799_000)).toBe(0)
    expect(aheadMs()).toBe(0)
  })

  it('is the same to the shadow there and back, whatever the samples', () => {
    const { ask, time } = rig(5_000.4)
    ask(2)
    const at = time.ofShadow(1_234)
    ask(1, 5_000.9)
    expect(time.inShadow(at)).toBe(1_234)
    expect(Math.abs(at - 1_000_000 - 5_000 - 1_234)).toBeLessThanOrEqual(1)
  })
})

describe('the number of gateways', () => {
  it('grows at once and shrinks when it has been smaller for a while', () => {
    const replicas = new Replicas()
    expect(replicas.count).toBe(1)
    replicas.counted(4, 1_000)
    expect(replicas.count).toBe(4)
    replicas.counted(2, 2_000)
    expect(replicas.count).toBe(4)
    replicas.counted(3, 31_000)
    expect(replicas.count).toBe(3)
  })

  it('is the last one known when all come back from an outage', () => {
    const replicas = new Replicas()
    replicas.counted(4, 1_000)
    replicas.returned(600_000)
    replicas.counted(1, 600_100)
    expect(replicas.count).toBe(4)
  })
})
