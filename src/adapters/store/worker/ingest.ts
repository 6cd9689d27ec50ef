import type { WaybillRecord } from '../../../core/account/record.ts'
import type { Batch } from '../journal/read-segment.ts'
import { followJournal } from '../journal/tail.ts'
import { recordIn } from '../record-line.ts'
import { openWaybillDatabase, type WaybillDatabase } from '../sqlite/waybill-database.ts'
import { findLeftovers } from './leftovers.ts'
import type { FromWorker, LedgerWorkerOptions } from './messages.ts'

export interface Ingest {
  /** Moves one batch from a journal into the database; false when there was none. May throw. */
  step(): boolean
  /** Opens the database when it is not; may throw. */
  database(): WaybillDatabase
  /** Closes the database, to be opened anew. */
  reset(): void
  /** Lets the next steps look for journals of processes that died. */
  lookForLeftovers(): void
  /** So much waits in the journal that it should be taken in without rest. */
  farBehind(): boolean
  /** The own journal has ended. */
  end(): void
  /** Gives back what is claimed and closes the database. */
  close(): void
}

export function createIngest(
  { databasePath, journalDirectory, owner, position }: LedgerWorkerOptions,
  report: (message: FromWorker) => void,
): Ingest {
  const own = followJournal(journalDirectory, owner, position)
  const leftovers = findLeftovers(journalDirectory, owner, report)
  let opened: WaybillDatabase | null = null

  function database(): WaybillDatabase {
    opened ??= openWaybillDatabase(databasePath)
    return opened
  }

  function reset(): void {
    opened?.close()
    opened = null
  }

  /** The lines that hold no record are left out: one bad line must not stop those behind it. */
  function store(batch: Batch, from: string): void {
    const records: WaybillRecord[] = []
    for (const line of batch.lines) {
      const record = recordIn(line)
      if (record !== null) records.push(record)
    }
    database().insert(records)
    const skipped = batch.lines.length - records.length
    if (skipped > 0) report({ type: 'skipped', lines: skipped, owner: from })
  }

  function stepLeftovers(): boolean {
    const next = leftovers.read()
    if (next === null) return false
    store(next.batch, next.owner)
    next.advance()
    return true
  }

  function stepOwn(): boolean {
    const batch = own.read()
    if (batch === null) return false
    store(batch, owner)
    own.advance(batch)
    report({ type: 'stored', lines: batch.lines.length, position: own.position() })
    return true
  }

  return {
    step() {
      database() // also with nothing to store: a database that cannot be used is news at the start
      return stepLeftovers() || stepOwn()
    },
    database,
    reset,
    lookForLeftovers: leftovers.look,
    farBehind: own.farBehind,
    end: own.end,
    close() {
      leftovers.release()
      reset()
    },
  }
}
