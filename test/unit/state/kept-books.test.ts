import { describe, expect, it } from 'vitest'
import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import type { BookChange, BookStore, SavedBook } from '../../../src/gateway/book-store.ts'
import {
  borrow,
  borrowed,
  calendarLimit,
  charge,
  concurrentLimit,
  newTicket,
  slidingLimit,
  take,
} from '../../conformance/limits/limits.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const minute = slidingLimit('minute', { amount: 100, burst: 10 })
const daily = calendarLimit('daily', 'day', { amount: 100 })
const second = slidingLimit('second', { amount: 100 }, 1_000)
const places = concurrentLimit('places', 5)

/** Writes down what it is told, and keeps its word when the test says so. */
function watchedStore() {
  const changes: BookChange[] = []
  const saved: (readonly SavedBook[])[] = []
  const removed: string[] = []
  const waiting: (() => void)[] = []
  let closed = false
  const store: BookStore = {
    load: async () => ({ books: [], changes: [] }),
    note(limitId, subject, amount, atMs) {
      changes.push({ limitId, subject, amount, atMs })
    },
    noted(kept) {
      if (kept !== null) waiting.push(kept)
    },
    async save(books, names) {
      saved.push(books)
      removed.push(...names.map(({ subject }) => subject))
    },
    close: async () => {
      closed = true
    },
  }
  const keep = () => {
    for (const kept of waiting.splice(0)) kept()
  }
  return { store, changes, saved, removed, keep, isClosed: () => closed }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('books with a store behind them', () => {
  it('admit when what is taken will survive, not before', async () => {
    const { store, keep, changes } = watchedStore()
    const clock = virtualClock()
    const state = createMemoryState({ clock, store })
    let granted = false
    const charges = [charge(minute, 3), charge(daily, 4), charge(second), charge(places)]
    state.borrow({ ticket: 'wb_1', charges, options: [] }, (answer) => {
      granted = answer.granted
    })
    expect(granted).toBe(false)
    keep()
    expect(granted).toBe(true)
    expect(changes).toEqual([
      { limitId: 'minute', subject: 'user:alice', amount: 3, atMs: clock.nowMs() },
      { limitId: 'daily', subject: 'user:alice', amount: 4, atMs: clock.nowMs() },
    ])
  })

  it('ask the store nothing where there is nothing to keep', async () => {
    const { store, changes } = watchedStore()
    const state = createMemoryState({ clock: virtualClock(), store })
    expect(await take(state, charge(second), charge(places))).toBe(true)
    const refused = await borrow(state, newTicket(), [charge(minute, 200)])
    expect(refused.granted).toBe(false)
    expect(changes).toEqual([])
  })

  it('tell corrections at the time of what they correct', async () => {
    const { store, changes, keep } = watchedStore()
    const clock = virtualClock()
    const state = createMemoryState({ clock, store })
    const startMs = clock.nowMs()
    const asked = borrowed(state, charge(minute, 50), charge(daily, 50))
    keep()
    const settle = await asked
    clock.advance(4_000)
    settle(20, 80)
    expect(changes.slice(2)).toEqual([
      { limitId: 'minute', subject: 'user:alice', amount: -30, atMs: startMs },
      { limitId: 'daily', subject: 'user:alice', amount: 30, atMs: startMs },
    ])
  })

  it('are saved some seconds after they have changed, once, and when the state is closed', async () => {
    const { store, saved, isClosed } = watchedStore()
    const clock = virtualClock()
    const state = createMemoryState({ clock, store })
    for (let time = 0; time < 3; time++) void take(state, charge(minute))
    void take(state, charge(daily))
    clock.advance(4_999)
    expect(saved).toHaveLength(0)
    clock.advance(1)
    await turn()
    expect(saved.map((books) => books.map(({ limitId }) => limitId))).toEqual([['minute', 'daily']])
    expect(saved[0]?.[0]).toMatchObject({ remaining: 107, capacity: 110, subject: 'user:alice' })
    clock.advance(60_000)
    await turn()
    expect(saved).toHaveLength(1)
    expect(clock.waiting()).toBe(0)
    void take(state, charge(daily))
    await state.close()
    expect(saved[1]?.map(({ limitId }) => limitId)).toEqual(['daily'])
    expect(isClosed()).toBe(true)
    expect(clock.waiting()).toBe(0)
  })

  it('are saved at once, and not in the middle of an admission, when very many have changed', async () => {
    const { store, saved } = watchedStore()
    const clock = virtualClock()
    const state = createMemoryState({ clock, store })
    for (let user = 0; user < 2_500; user++) void take(state, charge(minute, 1, `user:${user}`))
    expect(saved).toHaveLength(0)
    clock.advance(0)
    await turn()
    expect(saved[0]).toHaveLength(2_500)
    await state.close()
  })

  it('are forgotten in the store as well', async () => {
    const { store, removed, saved } = watchedStore()
    const clock = virtualClock()
    const state = createMemoryState({ clock, store })
    void take(state, charge(minute))
    void take(state, charge(minute, 1, 'user:bob'))
    await state.reset({ subject: 'user:alice', limit: 9 })
    await state.reset({ subject: 'user:bob', limit: 9 })
    void take(state, charge(minute, 7, 'user:bob'))
    clock.advance(5_000)
    await turn()
    expect(removed).toEqual(['user:alice'])
    expect(saved[0]).toMatchObject([{ subject: 'user:bob', remaining: 103 }])
  })

  it('are all saved anew when a step of the clock is believed', async () => {
    const { store, saved } = watchedStore()
    const clock = virtualClock()
    let wallStepMs = 0
    const stepped = { ...clock, nowMs: () => clock.nowMs() + wallStepMs }
    const state = createMemoryState({ clock: stepped, store })
    void take(state, charge(daily), charge(minute, 1, 'user:bob'))
    clock.advance(5_000)
    await turn()
    wallStepMs = 3_600_000
    for (let minutes = 0; minutes < 12; minutes++) {
      clock.advance(60_000)
      void take(state, charge(minute))
      await turn()
    }
    clock.advance(5_000)
    await turn()
    const names = saved.slice(1).map((books) => books.map(({ limitId }) => limitId).join(' '))
    expect(names.filter((each) => each === 'daily minute minute')).toHaveLength(1)
    expect(new Set(names).size).toBe(2)
    await state.close()
  })

  it('can be looked at as they would be saved', async () => {
    const clock = virtualClock()
    const state = createMemoryState({ clock, store: null })
    await take(state, charge(minute, 30), charge(second), charge(places))
    expect(state.snapshot()).toMatchObject([
      { limitId: 'minute', subject: 'user:alice', remaining: 80, capacity: 110 },
    ])
  })
})
