import { describe, expect, it } from 'vitest'
import { createMemorySetLimits } from '../../../src/adapters/store/limits/memory-set-limits.ts'
import { openLimitsInForce } from '../../../src/core/limits/limits-in-force.ts'
import type { SetLimit } from '../../../src/core/limits/set-limit.ts'
import type { SetLimitStore } from '../../../src/gateway/book-store.ts'
import { openSetLimits } from '../../../src/gateway/set-limits.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { aSetLimit } from '../core/limits/some-limits.ts'

async function open(store: SetLimitStore = createMemorySetLimits()) {
  const clock = virtualClock(Date.now())
  const inForce = openLimitsInForce([], [])
  const problems: string[] = []
  const onProblem = (message: string) => problems.push(message)
  const set = await openSetLimits({ store, inForce, clock, onProblem })
  const holding = () => inForce.at(clock.nowMs()).all.map(({ id }) => id)
  return { set, clock, problems, holding }
}

const alice = aSetLimit('user', 'alice', 5)
const bob = aSetLimit('user', 'bob', 5)

/** Lets promises that are settled go on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('limits that are set', () => {
  it('hold when the store has them, and no longer when it has not', async () => {
    const { set, holding } = await open()
    await set.put(alice)
    await set.put(bob)
    await set.put({ ...alice, amount: 7 })
    expect(holding()).toEqual([alice.id, bob.id])
    expect(set.get(alice.id)?.amount).toBe(7)
    expect(set.count).toBe(2)
    await set.remove([alice.id])
    expect(holding()).toEqual([bob.id])
    expect(set.get(alice.id)).toBeNull()
  })

  it('are there again after a restart', async () => {
    const store = createMemorySetLimits()
    const first = await open(store)
    await first.set.put(alice)
    first.set.close()
    expect((await open(store)).holding()).toEqual([alice.id])
  })

  it('end by themselves', async () => {
    const { set, holding, clock } = await open()
    const expiresAtMs = clock.nowMs() + 60_000
    await set.put({ ...alice, expiresAtMs })
    await set.put(bob)
    clock.advance(59_999)
    expect(holding()).toEqual([alice.id, bob.id])
    clock.advance(1)
    expect(holding()).toEqual([bob.id])
    expect(set.all()).toEqual([bob])
    expect(set.get(alice.id)).toBeNull()
    expect(await set.removeExpired()).toBe(1)
    expect(set.count).toBe(1)
  })

  it('that the store cannot keep do not hold', async () => {
    const store = createMemorySetLimits()
    const put = async () => {
      throw new Error('disk full')
    }
    const { set, holding } = await open({ ...store, put })
    await expect(set.put(alice)).rejects.toThrow('disk full')
    expect(holding()).toEqual([])
  })

  it('that the store cannot remove hold on, the others do not', async () => {
    const store = createMemorySetLimits()
    const remove = async (id: string) => {
      if (id === bob.id) throw new Error('disk full')
      return store.remove(id)
    }
    const { set, holding } = await open({ ...store, remove })
    await set.put(alice)
    await set.put(bob)
    await expect(set.remove([alice.id, bob.id])).rejects.toThrow('disk full')
    expect(holding()).toEqual([bob.id])
  })

  it('are changed one after the other', async () => {
    const kept: string[] = []
    const store = createMemorySetLimits()
    const slow: SetLimitStore = {
      ...store,
      async put(limit) {
        // The first takes longest.
        for (let i = limit.amount; i < 10; i++) await settled()
        kept.push(`${limit.amount}`)
        await store.put(limit)
      },
    }
    const { set } = await open(slow)
    await Promise.all([1, 5, 9].map((amount) => set.put({ ...alice, amount })))
    expect(kept).toEqual(['1', '5', '9'])
    expect(set.get(alice.id)?.amount).toBe(9)
  })

  it('are put in force many at a time where there are many', async () => {
    const store = createMemorySetLimits()
    const clock = virtualClock(Date.now())
    const load = async () => Array.from({ length: 10_000 }, (_, i) => aSetLimit('user', `u${i}`, 5))
    let made = 0
    const inForce = openLimitsInForce([], [])
    const count = (all: readonly SetLimit[]) => {
      made++
      inForce.set(all)
    }
    const counting = { ...inForce, set: count }
    const onProblem = () => {}
    const set = await openSetLimits({
      store: { ...store, load },
      inForce: counting,
      clock,
      onProblem,
    })
    const names = Array.from({ length: 500 }, (_, i) => `late-${i}`)
    const put = Promise.all(names.map((name) => set.put(aSetLimit('user', name, 5))))
    await settled()
    expect(set.count).toBe(10_500)
    clock.advance(21)
    await put
    expect(inForce.at(clock.nowMs()).all).toHaveLength(10_500)
    expect(made).toBeLessThan(5)
    set.close()
    expect(clock.waiting()).toBe(0)
  })

  it('of another process are taken over', async () => {
    let tell: (all: readonly SetLimit[]) => void = () => {}
    let watched = true
    const store: SetLimitStore = {
      ...createMemorySetLimits(),
      watch(changed) {
        tell = changed
        return () => {
          watched = false
        }
      },
    }
    const { set, holding } = await open(store)
    tell([alice, bob])
    expect(holding()).toEqual([alice.id, bob.id])
    tell([bob])
    expect(holding()).toEqual([bob.id])
    set.close()
    expect(watched).toBe(false)
  })

  it('are read later where the store does not answer at first', async () => {
    let away = true
    const store: SetLimitStore = {
      ...createMemorySetLimits(),
      async load() {
        if (away) throw new Error('connection refused')
        return [alice]
      },
    }
    const { set, holding, problems, clock } = await open(store)
    expect(holding()).toEqual([])
    expect(problems).toEqual([expect.stringContaining('connection refused')])
    clock.advance(5_000)
    await settled()
    expect(problems).toHaveLength(2)
    away = false
    clock.advance(5_000)
    await settled()
    expect(holding()).toEqual([alice.id])
    expect(clock.waiting()).toBe(0)
    set.close()
  })

  it('leave nothing behind that waits', async () => {
    const store: SetLimitStore = {
      ...createMemorySetLimits(),
      async load() {
        throw new Error('away')
      },
    }
    const { set, clock } = await open(store)
    expect(clock.waiting()).toBe(1)
    set.close()
    expect(clock.waiting()).toBe(0)
  })
})
