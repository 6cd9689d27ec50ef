import { describe, expect, it } from 'vitest'
import { keepKnowledge } from '../../../src/gateway/keep-knowledge.ts'
import { openKnowledge, type SavedKnowledge } from '../../../src/gateway/knowledge.ts'
import type { KnowledgeStore } from '../../../src/gateway/ports.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { failing, load, success, targetNamed } from '../core/health/fleets.ts'

const target = targetNamed('p/m')
const startMs = 1_800_000_000_000

function memory(): KnowledgeStore & { readonly all: SavedKnowledge[] } {
  const all: SavedKnowledge[] = []
  return {
    all,
    async load() {
      return all.at(-1) ?? null
    },
    async save(saved) {
      all.push(structuredClone(saved))
    },
  }
}

/** Lets promises that are due come to their end. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('what a gateway has seen', () => {
  it('is saved when something was learned, and when the gateway stops', async () => {
    const [store, clock] = [memory(), virtualClock(startMs)]
    const knowledge = openKnowledge(null, clock.monotonicMs(), clock.nowMs())
    const { fleet } = knowledge
    const keeper = keepKnowledge(knowledge, store, clock)
    clock.advance(5_000)
    await settle()
    expect(store.all).toHaveLength(0)
    fleet.sent(target, load, clock.monotonicMs()).ended(success(), clock.monotonicMs())
    for (let i = 0; i < 3; i++) {
      clock.advance(5_000)
      await settle()
    }
    expect(store.all.map(({ savedAtMs }) => savedAtMs - startMs)).toEqual([10_000])
    const underway = fleet.sent(target, load, clock.monotonicMs())
    clock.advance(5_000)
    await settle()
    expect(store.all).toHaveLength(2)
    // How it ended is news of its own.
    underway.ended(success(), clock.monotonicMs())
    clock.advance(5_000)
    await settle()
    expect(store.all).toHaveLength(3)
    await keeper.stop()
    expect(store.all).toHaveLength(4)
    expect(clock.waiting()).toBe(0)
  })

  it('is taken up by the next run, the time in between counted', async () => {
    const [store, clock] = [memory(), virtualClock(startMs)]
    const knowledge = openKnowledge(null, clock.monotonicMs(), clock.nowMs())
    const { fleet } = knowledge
    const keeper = keepKnowledge(knowledge, store, clock)
    clock.advance(1_000_000)
    const nowMs = clock.monotonicMs()
    for (let i = 0; i < 2; i++) fleet.sent(target, load, nowMs).ended(failing('overloaded'), nowMs)
    await keeper.stop()

    for (const [downMs, state] of [
      [4_000, 'open'],
      [60_000, 'half-open'],
      [-3_600_000, 'open'],
    ] as const) {
      const nextClock = virtualClock(startMs + 1_000_000 + downMs)
      const saved = await store.load()
      const next = openKnowledge(saved, nextClock.monotonicMs(), nextClock.nowMs()).fleet
      expect(next.vitals(target).breaker(nextClock.monotonicMs())).toBe(state)
    }
  })

  it('is nothing on a first start', () => {
    const { fleet } = openKnowledge(null, 0, startMs)
    expect(fleet.vitals(target).samples(0)).toBe(0)
  })
})
