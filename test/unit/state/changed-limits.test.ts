import { describe, expect, it } from 'vitest'
import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import {
  borrowed,
  charge,
  concurrentLimit,
  slidingLimit,
  take,
} from '../../conformance/limits/limits.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const all = { subject: null, limit: 10 } as const

describe('a limit that was changed', () => {
  const before = slidingLimit('tokens', { amount: 100 })
  const after = slidingLimit('tokens', { amount: 500 })

  it('stays changed when what was borrowed before is settled, also after a cleanup', async () => {
    const state = createMemoryState({ clock: virtualClock(), store: null })
    const settles = await Promise.all([1, 2].map(() => borrowed(state, charge(before, 10))))
    await take(state, charge(after, 20))
    for (const settle of settles) {
      await state.cleanup(0)
      settle(5)
      expect(await state.books(all)).toMatchObject([{ limit: after }])
    }
  })

  it('stays changed where its books were forgotten meanwhile', async () => {
    const clock = virtualClock()
    const state = createMemoryState({ clock, store: null })
    const settle = await borrowed(state, charge(before, 10))
    await take(state, charge(after, 20))
    await state.reset(all)
    await state.cleanup(0)
    clock.advance(1)
    settle(5)
    await take(state, charge(after, 20))
    settle(5)
    expect(await state.books(all)).toMatchObject([{ limit: after, used: 20 }])
  })

  it('holds the places of requests that began before a cleanup', async () => {
    const state = createMemoryState({ clock: virtualClock(), store: null })
    const places = concurrentLimit('places', 1)
    const settle = await borrowed(state, charge(places))
    await state.cleanup(0)
    expect(await take(state, charge(places))).toBe(false)
    settle(0)
    await state.cleanup(0)
    expect(await take(state, charge(places))).toBe(true)
  })
})
