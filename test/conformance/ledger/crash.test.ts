import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryPlace, until } from './temporary-ledger.ts'

let place: ReturnType<typeof temporaryPlace>
beforeEach(() => {
  place = temporaryPlace()
})
afterEach(() => place.remove())

/** Runs an appending process, kills it after `afterMs` of appending, and returns the ids it printed. */
async function appendUntilKilled(prefix: string, afterMs: number): Promise<string[]> {
  // A file, not a pipe: what was printed is there, however the process ended and the reader lagged.
  const printed = path.join(path.dirname(place.databasePath), `${prefix}.txt`)
  const output = openSync(printed, 'a')
  const child = spawn(
    process.execPath,
    [
      path.join(import.meta.dirname, 'append-until-killed.ts'),
      place.databasePath,
      place.journalDirectory,
      prefix,
    ],
    { stdio: ['ignore', output, 'inherit'] },
  )
  closeSync(output)
  const ended = once(child, 'close')
  await until(() => statSync(printed).size > 0)
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  // A busy machine may have let it append next to nothing by then.
  await until(() => statSync(printed).size > 1_000)
  child.kill('SIGKILL')
  await ended
  // What stands before the last line break was printed whole.
  return readFileSync(printed, 'utf8').split('\n').slice(0, -1)
}

describe('a process killed while it appends', () => {
  it('loses and doubles no record, ten times over', { timeout: 120_000 }, async () => {
    const confirmed: string[] = []
    for (let round = 0; round < 10; round += 1) {
      confirmed.push(...(await appendUntilKilled(`r${round}`, 20 + Math.random() * 700)))
    }
    expect(confirmed.length).toBeGreaterThan(500)
    const ledger = place.open()
    await ledger.flush()
    await ledger.close()

    const stored = place.ids()
    const storedOnce = new Set(stored)
    expect(storedOnce.size).toBe(stored.length)
    expect(confirmed.filter((id) => !storedOnce.has(id))).toEqual([])
    expect(place.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    const [attempts] = place.query<{ count: number }>('SELECT count(*) AS count FROM attempts')
    expect(attempts?.count).toBe(2 * stored.length)
    expect(place.journalFiles().filter((name) => name.endsWith('.jsonl'))).toEqual([])
  })

  it('loses nothing to the processes beside it, which take in what it leaves', {
    timeout: 120_000,
  }, async () => {
    const lanes = ['a', 'b', 'c'].map(async (lane) => {
      const confirmed: string[] = []
      for (let round = 0; round < 6; round += 1) {
        confirmed.push(...(await appendUntilKilled(`${lane}${round}`, 20 + Math.random() * 400)))
      }
      return confirmed
    })
    const confirmed = (await Promise.all(lanes)).flat()
    const ledger = place.open()
    await ledger.flush()
    await ledger.close()
    const stored = place.ids()
    const storedOnce = new Set(stored)
    expect(storedOnce.size).toBe(stored.length)
    expect(confirmed.filter((id) => !storedOnce.has(id))).toEqual([])
  })
})
