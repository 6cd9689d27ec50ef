import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nothing, sampleRecord, stored } from './sample-record.ts'
import { temporaryPlace, until } from './temporary-ledger.ts'

let place: ReturnType<typeof temporaryPlace>
beforeEach(() => {
  place = temporaryPlace()
})
afterEach(() => place.remove())

describe('the SQLite ledger', () => {
  it('stores without being asked to, a moment later', async () => {
    const ledger = place.open()
    await stored(ledger, sampleRecord('wb_1'))
    expect(ledger.health().queuedRecords).toBe(1)
    await until(() => ledger.health().queuedRecords === 0)
    expect(place.ids()).toEqual(['wb_1'])
    await stored(ledger, sampleRecord('wb_2'))
    await until(() => ledger.health().queuedRecords === 0)
    expect(place.ids()).toEqual(['wb_1', 'wb_2'])
    await ledger.close()
  })

  it('gives each attempt a row with its own cost', async () => {
    const ledger = place.open()
    ledger.append(sampleRecord('wb_1'), nothing)
    ledger.append(sampleRecord('wb_1'), nothing)
    await ledger.close()
    expect(
      place.query('SELECT position, target, result, failure_class, cost_nano_usd FROM attempts'),
    ).toEqual([
      {
        position: 0,
        target: 'openai/gpt-4o-mini',
        result: 'failure',
        failure_class: 'overloaded',
        cost_nano_usd: 185_100,
      },
      {
        position: 1,
        target: 'google/gemini-2.5-flash',
        result: 'success',
        failure_class: null,
        cost_nano_usd: 1_232_700,
      },
    ])
  })

  it('removes journal segments once their records are stored', async () => {
    const ledger = place.open({ segmentBytes: 10_000 })
    for (let index = 0; index < 100; index += 1) await stored(ledger, sampleRecord(`wb_${index}`))
    expect(segments().length).toBeGreaterThan(10)
    await ledger.flush()
    expect(segments().length).toBe(1)
    expect(place.ids()).toHaveLength(100)
    await ledger.close()
    expect(place.journalFiles()).toEqual([])
  })

  it('lets nobody else read its files', async () => {
    const ledger = place.open()
    ledger.append(sampleRecord('wb_1'), nothing)
    await ledger.flush()
    const mode = (file: string) => statSync(file).mode & 0o777
    expect(mode(place.journalDirectory)).toBe(0o700)
    const root = path.dirname(place.databasePath)
    const files = readdirSync(root).filter((name) => name.startsWith('waybill.db'))
    expect(files.map((name) => mode(path.join(root, name)))).toEqual(files.map(() => 0o600))
    const journals = place.journalFiles().map((name) => path.join(place.journalDirectory, name))
    expect(journals.map(mode)).toEqual(journals.map(() => 0o600))
    await ledger.close()
  })

  it('skips and counts a line that a crash cut off, and keeps those before it', async () => {
    mkdirSync(place.journalDirectory, { recursive: true })
    const leftover = path.join(place.journalDirectory, '77-0123456789ab.3.jsonl')
    const whole = JSON.stringify(sampleRecord('wb_1'))
    writeFileSync(leftover, `${whole}\n{"broken\n${JSON.stringify(sampleRecord('wb_2'))}\n`)
    appendFileSync(leftover, whole.slice(0, 500))
    const problems: string[] = []
    const ledger = place.open({ onProblem: (message) => problems.push(message) })
    await ledger.flush()
    expect(place.ids()).toEqual(['wb_1', 'wb_2'])
    await until(() => ledger.health().skippedLines === 2)
    expect(problems.join()).toContain('77-0123456789ab')
    await ledger.close()
    expect(place.journalFiles()).toEqual([])
  })

  it('leaves a lock alone that a starting process is about to take, and tidies up an old one', async () => {
    mkdirSync(place.journalDirectory, { recursive: true })
    const lock = path.join(place.journalDirectory, '77-0123456789ab.lock')
    writeFileSync(lock, '')
    const first = place.open()
    await first.flush()
    await first.close()
    expect(place.journalFiles()).toEqual([path.basename(lock)])
    utimesSync(lock, 1_700_000_000, 1_700_000_000)
    const second = place.open()
    await second.flush()
    await second.close()
    expect(place.journalFiles()).toEqual([])
  })

  it('leaves the journal of a living ledger alone', async () => {
    const first = place.open()
    const second = place.open()
    for (let index = 0; index < 200; index += 1) {
      first.append(sampleRecord(`wb_a${index}`), nothing)
      second.append(sampleRecord(`wb_b${index}`), nothing)
      if (index % 50 === 0) await second.flush()
    }
    await second.close()
    first.append(sampleRecord('wb_last'), nothing)
    await first.close()
    expect(place.ids()).toHaveLength(401)
  })

  it('goes on and stores later while another process holds the database', async () => {
    const ledger = place.open()
    ledger.append(sampleRecord('wb_1'), nothing)
    await ledger.flush()
    const other = new Database(place.databasePath)
    other.exec('BEGIN EXCLUSIVE')
    for (let index = 0; index < 50; index += 1)
      ledger.append(sampleRecord(`wb_while${index}`), nothing)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(ledger.health().queuedRecords).toBe(50)
    expect((await ledger.readWaybill('wb_1'))?.id).toBe('wb_1')
    other.exec('COMMIT')
    other.close()
    await ledger.flush()
    expect(place.ids()).toHaveLength(51)
    expect(ledger.health()).toMatchObject({ state: 'ok', queuedRecords: 0, dropped: 0 })
    await ledger.close()
  })

  it('says what is wrong with a database it cannot use, and loses nothing by it', async () => {
    writeFileSync(place.databasePath, 'this is no database, but long enough to be read as one')
    const problems: string[] = []
    const ledger = place.open({ onProblem: (message) => problems.push(message) })
    ledger.append(sampleRecord('wb_1'), nothing)
    await until(() => problems.length > 0)
    expect(problems.join()).toContain(place.databasePath)
    expect(ledger.health()).toMatchObject({ state: 'degraded', queuedRecords: 1 })
    await expect(ledger.readWaybill('wb_1')).rejects.toThrow()
    writeFileSync(place.databasePath, '')
    await ledger.flush()
    expect(place.ids()).toEqual(['wb_1'])
    expect(ledger.health().state).toBe('ok')
    await ledger.close()
  })

  it('refuses a database of a newer version', async () => {
    const newer = new Database(place.databasePath)
    newer.exec('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TEXT)')
    newer.exec("INSERT INTO schema_version VALUES (99, 'tomorrow')")
    newer.close()
    const problems: string[] = []
    const ledger = place.open({ onProblem: (message) => problems.push(message) })
    await until(() => problems.length > 0)
    expect(problems[0]).toContain('has schema 99')
    ledger.append(sampleRecord('wb_1'), nothing)
    await ledger.close()
    expect(segments()).toHaveLength(1) // kept for the version that can store it
  })

  it('passes over a leftover it cannot read', async () => {
    mkdirSync(path.join(place.journalDirectory, '77-0123456789ab.1.jsonl'), { recursive: true })
    const problems: string[] = []
    const ledger = place.open({ onProblem: (message) => problems.push(message) })
    ledger.append(sampleRecord('wb_1'), nothing)
    await ledger.flush()
    expect(place.ids()).toEqual(['wb_1'])
    expect(problems.join()).toContain('77-0123456789ab')
    await ledger.close()
    await expect(ledger.readWaybill('wb_1')).rejects.toThrow('closed')
  })
})

function segments(): string[] {
  return place.journalFiles().filter((name) => name.endsWith('.jsonl'))
}
