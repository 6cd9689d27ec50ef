import { writeSync } from 'node:fs'
import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import { createSqliteLedger } from '../../../src/adapters/store/sqlite-ledger.ts'
import type { Clock } from '../../../src/gateway/ports.ts'
import { chargesOf, limits, spent } from './crash-limits.ts'

/** Books are saved so often that some process dies in the middle of it. */
const HURRY = 200
/**
 * Child of the crash test: borrows and settles without end, and prints what each request has taken in
 * the end once that must survive.
 */
const [databasePath = '', journalDirectory = '', atOnceText = ''] = process.argv.slice(2)
/** Requests of one turn, which share a write. */
const atOnce = Number(atOnceText)
const store = createSqliteLedger({
  databasePath,
  journalDirectory,
  onProblem: (message) => writeSync(2, `${message}\n`), // none is expected
})
const clock: Clock = {
  nowMs: Date.now,
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs / HURRY)
    return () => clearTimeout(timer)
  },
}
const state = createMemoryState({ clock, store: store.limits.books })

function borrow(number: number): Promise<number> {
  const ticket = `wb_${process.pid}_${number}`
  return new Promise((resolve) => {
    const charges = chargesOf(number)
    state.borrow({ ticket, charges, options: [] }, (borrowed) => {
      if (!borrowed.granted) throw new Error('there is room for all')
      const actual = spent(number)
      const corrections = charges
        .filter(({ limit }) => limit.metric === 'tokens')
        .map((charge) => ({ ticket, charge, actual, at: borrowed.at }))
      state.settle(corrections)
      resolve(actual)
    })
  })
}

await state.open(limits)
for (let number = 0; ; number += atOnce) {
  const numbers = Array.from({ length: atOnce }, (_, index) => number + index)
  const actual = await Promise.all(numbers.map(borrow))
  // What was settled is kept in the turn after.
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  writeSync(1, `${actual.join('\n')}\n`)
}
