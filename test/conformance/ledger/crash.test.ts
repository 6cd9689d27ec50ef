import { spawn } from 'node:child_process'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryPlace } from './temporary-ledger.ts'

let place: ReturnType<typeof temporaryPlace>
beforeEach(() => {
  place = temporaryPlace()
})
afterEach(() => place.remove())

/**
 * Runs an appending process and kills it after `afterMs` of appending; returns the ids it printed.
 */
function appendUntilKilled(prefix: string, afterMs: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [
      path.join(import.meta.dirname, 'append-until-killed.ts'),
      place.databasePath,
      place.journalDirectory,
      prefix,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let printed = ''
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), afterMs))
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    child.on('error', reject)
    // What stands before the last line break was printed whole.
    child.on('close', () => resolve(printed.split('\n').slice(0, -1)))
  })
}

describe('a process killed while it appends', () => {
  it('loses and doubles no record, ten times over', { timeout: 120_000 }, async () => {
    const confirmed: string[] = []
    for (let round = 0; round < 10; round += 1) {
      confirmed.push(...(await appendUntilKilled(`r${round}`, 20 + Math.random() * 700)))
    }
    expect(confirmed.length).toBeGreaterThan(500)
    const ledger = place.open()
    await ledger.close()

    const stored = place.ids()
    const storedOnce = new Set(stored)
    expect(storedOnce.size).toBe(stored.length)
    expect(confirmed.filter((id) => !storedOnce.has(id))).toEqual([])
    expect(place.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    const [attempts] = place.query<{ count: number }>('SELECT count(*) AS count FROM attempts')
    expect(attempts?.count).toBe(2 * stored.length)
    expect(place.journalFiles()).toEqual([])
  })

  it('leaves its journal to processes that live beside it', { timeout: 60_000 }, async () => {
    const [first, second] = await Promise.all([
      appendUntilKilled('a', 300),
      appendUntilKilled('b', 700),
    ])
    const ledger = place.open()
    await ledger.close()
    const stored = new Set(place.ids())
    expect([...first, ...second].filter((id) => !stored.has(id))).toEqual([])
  })
})
