import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import type { BookStore } from '../../../src/gateway/book-store.ts'
import { until } from '../../conformance/ledger/temporary-ledger.ts'
import { borrowed, chargesOf, limits, spent } from './crash-limits.ts'
import { limitPlace } from './place.ts'

let place: ReturnType<typeof limitPlace>
beforeEach(() => {
  place = limitPlace()
})
afterEach(() => place.remove())

/** Runs a borrowing process and kills it; returns what each request that it was sure of had taken. */
async function borrowUntilKilled(
  round: number,
  atOnce: number,
  afterMs: number,
  begun: boolean,
): Promise<number[]> {
  // A file, not a pipe: what was printed is there, however the process ended and the reader lagged.
  const printed = path.join(path.dirname(place.databasePath), `${round}.txt`)
  const output = openSync(printed, 'a')
  const program = path.join(import.meta.dirname, 'borrow-until-killed.ts')
  const child = spawn(
    process.execPath,
    [program, place.databasePath, place.journalDirectory, String(atOnce)],
    { stdio: ['ignore', output, 'inherit'] },
  )
  closeSync(output)
  const ended = once(child, 'close')
  if (begun) await until(() => statSync(printed).size > 0)
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  const [code] = await ended
  expect(code).toBeNull() // it did not end by itself
  // What stands before the last line break was printed whole.
  return readFileSync(printed, 'utf8').split('\n').slice(0, -1).map(Number)
}

/** What a process that starts now finds taken; it saves nothing, so that journals grow long. */
async function taken(): Promise<readonly [requests: number, tokens: number]> {
  const { store, books, problems } = place.openAsIs()
  const readOnly: BookStore = {
    load: () => books.load(),
    note: () => {},
    noted: (kept) => kept?.(),
    save: async () => {},
    close: async () => {},
  }
  const state = createMemoryState({ clock: systemClock, store: readOnly })
  await state.open(limits)
  const readings = state.look([0, 1, 2, 3, 4].flatMap(chargesOf))
  await store.close()
  expect(problems).toEqual([])
  const used = (metric: string) =>
    readings
      .filter(({ limit }) => limit.metric === metric)
      .map(({ limit, remaining }) => limit.amount - remaining)
  return [Math.max(...used('requests')), used('tokens').reduce((sum, one) => sum + one, 0)]
}

/**
 * Every state of the books that a crash may leave behind requests that were all sure: those of one turn
 * borrow with one write, which may be cut off behind any of them, and are settled with the next one.
 */
function possibleAfter(sure: readonly number[], atOnce: number): string[] {
  const next = Array.from({ length: atOnce }, (_, index) => spent(sure.length + index))
  const tokens = sure.reduce((sum, one) => sum + one, 0)
  const possible: string[] = []
  for (let count = 0; count <= atOnce; count += 1) {
    possible.push(String([sure.length + count, tokens + count * borrowed]))
  }
  let settled = tokens + atOnce * borrowed
  for (const one of next) {
    settled += one - borrowed
    possible.push(String([sure.length + atOnce, settled]))
  }
  return possible
}

describe('a process killed while it borrows', () => {
  it('leaves its books as it had told them, thirty times over', { timeout: 180_000 }, async () => {
    let before = await taken()
    let requests = 0
    for (let round = 0; round < 30; round += 1) {
      const atOnce = round % 2 === 0 ? 1 : 7
      const begun = round % 5 !== 4
      const sure = await borrowUntilKilled(round, atOnce, Math.random() * 350, begun)
      const after = await taken()
      const difference = [after[0] - before[0], after[1] - before[1]]
      expect(possibleAfter(sure, atOnce)).toContain(String(difference))
      before = after
      requests += sure.length
    }
    expect(requests).toBeGreaterThan(300)
    const [saved] = place.query<{ covered_sequence: number }>('SELECT * FROM rate_limit_journal')
    expect(saved?.covered_sequence).toBeGreaterThan(0)
    expect(place.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })
})
