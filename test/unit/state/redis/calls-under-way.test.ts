import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Call, CallsUnderWay } from '../../../../src/adapters/state/redis/calls-under-way.ts'

const timeoutMs = 50

/** Timers that are called as late as the process comes to them. */
function lateClock() {
  let nowMs = 0
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>()
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs: number, callback: () => void) {
      const timer = { atMs: nowMs + delayMs, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    pass(ms: number) {
      nowMs += ms
      for (const timer of [...timers]) {
        if (timer.atMs <= nowMs && timers.delete(timer)) timer.callback()
      }
    },
  }
}

function rig() {
  const clock = lateClock()
  let late = 0
  const calls = new CallsUnderWay<string>(clock, timeoutMs, () => late++)
  return {
    calls,
    late: () => late,
    async add(): Promise<Call<string>> {
      const call = { sentMs: 0, done() {} }
      calls.add(call)
      await turn()
      return call
    },
    /** The event loop turns every so many milliseconds. */
    async pass(ms: number, everyMs = 1): Promise<void> {
      for (let passed = 0; passed < ms; passed += everyMs) {
        clock.pass(everyMs)
        await turn()
      }
    },
  }
}

describe('calls under way', () => {
  it('are late when nothing is heard for the time-out and half of it', async () => {
    const { add, pass, late } = rig()
    await add()
    await pass(60)
    expect(late()).toBe(0)
    await pass(25)
    expect(late()).toBeGreaterThan(0)
  })

  it('are not late while others are answered, but after two time-outs', async () => {
    const { calls, add, pass, late } = rig()
    await add()
    for (let answered = 0; answered < 3; answered++) {
      const other = await add()
      await pass(30)
      calls.finish(other)
    }
    expect(late()).toBe(0)
    const last = await add()
    await pass(20)
    calls.finish(last)
    expect(late()).toBeGreaterThan(0)
  })

  it('are not late because this process stood still', async () => {
    const { calls, add, pass, late } = rig()
    const call = await add()
    await pass(10)
    await pass(400, 400)
    await pass(20)
    expect(late()).toBe(0)
    calls.finish(call)
    await pass(500)
    expect(late()).toBe(0)
  })

  it('that are begun after a silence are given all of their time', async () => {
    const { calls, add, pass, late } = rig()
    calls.finish(await add())
    await pass(5_000)
    await add()
    await pass(60)
    expect(late()).toBe(0)
    await pass(25)
    expect(late()).toBeGreaterThan(0)
  })
})
