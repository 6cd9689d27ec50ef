import { writeSync } from 'node:fs'
import path from 'node:path'
import { newOwner } from './journal/file-names.ts'
import { createGroupCommit } from './journal/group-commit.ts'
import { createJournal, type Journal } from './journal/journal.ts'
import type { WriteBytes } from './journal/segment-writer.ts'
import { createLedgerState, type LedgerState } from './ledger-state.ts'
import { openSqliteLimits, type SqliteLimits } from './limits/sqlite-limits.ts'
import type { WaybillStore } from './waybill-store.ts'
import { answerOf } from './worker/answers.ts'
import { startLedgerWorker, type WorkerLink } from './worker/worker-link.ts'
import { createRecordWriter } from './write-record.ts'

const CLOSE_WITHIN_MS = 5000

export interface SqliteLedgerOptions {
  readonly databasePath: string
  /** Several processes may share one; it must be on a local disk, as the database must. */
  readonly journalDirectory: string
  /** Told once when something goes wrong, in a sentence for the operator. */
  readonly onProblem?: (message: string) => void
  readonly segmentBytes?: number
  /** Most memory for records while the disk takes none. */
  readonly queueBytes?: number
  readonly write?: WriteBytes
}

/**
 * Records in an SQLite database. `append` writes to a journal file, which outlives this process; a
 * worker moves the journal into the database, so that no request ever waits for SQLite. Journals
 * that processes left behind when they died are taken in first.
 */
export function createSqliteLedger(options: SqliteLedgerOptions): WaybillStore {
  const { databasePath, journalDirectory } = options
  const owner = newOwner()
  const state = createLedgerState(options.onProblem ?? (() => {}))
  const journal = createJournal({
    contents: 'Records',
    directory: journalDirectory,
    owner,
    segmentBytes: options.segmentBytes ?? 8 * 1024 * 1024,
    queueBytes: options.queueBytes ?? 16 * 1024 * 1024,
    write: options.write ?? writeSync,
    onTrouble: (message) => state.trouble('journal', message),
  })
  const position = { segment: 1, offset: 0 }
  const worker = startLedgerWorker(
    { databasePath, journalDirectory, owner, position },
    (report) => {
      state.reported(report)
      // Appended after the worker's last look at the journal, too late for the wake it had.
      if (report.type === 'idle' && state.waiting() > 0) wake()
    },
  )
  const limits = openSqliteLimits({
    worker,
    directory: path.join(path.dirname(databasePath), 'limits'),
    write: options.write ?? writeSync,
    onTrouble: state.trouble,
  })
  let closing: Promise<void> | null = null

  /** At most one wake is under way: posting one per record would cost more than the record. */
  function wake(): void {
    if (state.awake) return
    state.awake = true
    worker.wake()
  }

  const writeRecord = createRecordWriter()
  const commits = createGroupCommit((lines, records) => {
    if (journal.append(lines, records)) {
      state.appended(records)
      wake()
    } else state.dropped(records)
  })

  return {
    append(record, stored) {
      writeRecord(commits.begin(), record)
      commits.finish(stored)
    },
    async flush() {
      commits.commit()
      await journal.drained()
      await worker.ask({ kind: 'flush' })
    },
    close() {
      commits.commit()
      closing ??= closeLedger({ limits, journal, worker, state })
      return closing
    },
    health: state.health,
    async readWaybill(id) {
      commits.commit()
      const { records } = answerOf(await worker.ask({ kind: 'read', id }), 'records')
      return records[0] ?? null
    },
    async recentWaybills(limit) {
      commits.commit()
      return answerOf(await worker.ask({ kind: 'recent', limit }), 'records').records
    },
    limits,
  }
}

interface Closing {
  readonly limits: SqliteLimits
  readonly journal: Journal
  readonly worker: WorkerLink
  readonly state: LedgerState
}

/**
 * Bounded in time, so that a full disk or a locked database cannot hold up the end of the process.
 * What is in the journal by then is taken in at the next start.
 */
async function closeLedger({ limits, journal, worker, state }: Closing): Promise<void> {
  await succeedsInTime(limits.close())
  await succeedsInTime(journal.drained())
  state.lost(journal.end())
  const stored = await succeedsInTime(worker.ask({ kind: 'close' }))
  await worker.stop()
  journal.release(stored)
}

async function succeedsInTime(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, CLOSE_WITHIN_MS, false)
  })
  const done = work.then(
    () => true,
    () => false,
  )
  const finished = await Promise.race([done, late])
  clearTimeout(timer)
  return finished
}
