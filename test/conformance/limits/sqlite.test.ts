import { writeSync } from 'node:fs'
import path from 'node:path'
import { afterAll } from 'vitest'
import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import { newOwner } from '../../../src/adapters/store/journal/file-names.ts'
import { createSqliteBooks } from '../../../src/adapters/store/limits/sqlite-books.ts'
import { askThrough } from '../../../src/adapters/store/limits/worker-questions.ts'
import { startLedgerWorker } from '../../../src/adapters/store/worker/worker-link.ts'
import type { Limit } from '../../../src/core/limits/limit.ts'
import type { BookStore } from '../../../src/gateway/book-store.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { temporaryPlace } from '../ledger/temporary-ledger.ts'
import { describeLimitState } from './describe-limit-state.ts'
import type { OpenedState } from './state-kind.ts'

const place = temporaryPlace()
const fail = (message: string | null) => {
  if (message !== null) throw new Error(message)
}
/** One for all: what is tested is what stands in the database, not how a thread begins. */
const worker = startLedgerWorker(
  {
    databasePath: place.databasePath,
    journalDirectory: place.journalDirectory,
    owner: newOwner(),
    position: { segment: 1, offset: 0 },
  },
  (report) => {
    if (report.type === 'problem' || report.type === 'trouble') fail(report.message)
  },
)

/** What a process has of the database, and when all that it has begun to save is saved. */
function openBooks(directory: string): { readonly books: BookStore; saved(): Promise<unknown> } {
  const store = createSqliteBooks({
    ask: askThrough(worker),
    directory,
    write: writeSync,
    onJournalTrouble: fail,
    onTrouble: fail,
  })
  let saving: Promise<void> = Promise.resolve()
  const books: BookStore = {
    ...store,
    save(some, removed) {
      saving = store.save(some, removed)
      return saving
    },
  }
  return { books, saved: () => saving }
}

let opened = 0

async function open(): Promise<OpenedState> {
  const directory = path.join(path.dirname(place.databasePath), `limits-${opened++}`)
  let clock = virtualClock()
  let wallStepMs = 0
  const begin = async (limits: readonly Limit[]) => {
    const kept = openBooks(directory)
    const own = clock
    const state = createMemoryState({
      clock: { ...own, nowMs: () => own.nowMs() + wallStepMs },
      store: kept.books,
    })
    await state.open(limits)
    return { ...kept, state }
  }
  let running = await begin([])
  return {
    get state() {
      return running.state
    },
    async advance(byMs) {
      clock.advance(byMs)
      await running.saved()
    },
    stepWall(byMs) {
      wallStepMs += byMs
    },
    async restart(ending, limits) {
      if (ending === 'closed') await running.state.close()
      else await running.books.close() // what was not saved is in the journal
      clock = virtualClock(clock.nowMs())
      running = await begin(limits)
    },
    async close() {
      await running.state.close()
      const last = openBooks(directory)
      const { books } = await last.books.load()
      await last.books.save([], books)
      await last.books.close()
    },
  }
}

afterAll(async () => {
  await worker.stop()
  place.remove()
})

describeLimitState({
  name: 'memory with SQLite behind it',
  virtualTime: true,
  inProcess: true,
  survives: ['closed', 'killed'],
  open,
})
