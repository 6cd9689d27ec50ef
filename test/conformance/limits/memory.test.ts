import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import type { Limit } from '../../../src/core/limits/limit.ts'
import type { BookStore } from '../../../src/gateway/book-store.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { describeLimitState } from './describe-limit-state.ts'
import { keptBooks } from './kept-books.ts'
import type { Ending, OpenedState } from './state-kind.ts'

/** Books in this process, with a store behind them or none, on clocks that move when told to. */
async function opened(storeOf: () => BookStore | null): Promise<OpenedState> {
  let clock = virtualClock()
  let wallStepMs = 0
  const begin = async (limits: readonly Limit[]) => {
    const own = clock
    const made = createMemoryState({
      clock: { ...own, nowMs: () => own.nowMs() + wallStepMs },
      store: storeOf(),
    })
    await made.open(limits)
    return made
  }
  let state = await begin([])
  return {
    get state() {
      return state
    },
    async advance(byMs) {
      clock.advance(byMs)
      // What a timer has begun to save is saved.
      await new Promise((resolve) => setImmediate(resolve))
    },
    stepWall(byMs) {
      wallStepMs += byMs
    },
    async restart(ending: Ending, limits: readonly Limit[]) {
      if (ending === 'closed') await state.close()
      clock = virtualClock(clock.nowMs())
      state = await begin(limits)
    },
    close: () => state.close(),
  }
}

describeLimitState({
  name: 'memory',
  virtualTime: true,
  inProcess: true,
  survives: [],
  open: () => opened(() => null),
})

describeLimitState({
  name: 'memory with a store behind it',
  virtualTime: true,
  inProcess: true,
  survives: ['closed', 'killed'],
  open: () => opened(keptBooks()),
})
