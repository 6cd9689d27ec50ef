import { writeSync } from 'node:fs'
import { createSqliteLedger } from '../../../src/adapters/store/sqlite-ledger.ts'
import { sampleRecord } from './sample-record.ts'

/**
 * Child of the crash test: appends without end, and prints each id once its record must survive.
 */
const [databasePath = '', journalDirectory = '', prefix = ''] = process.argv.slice(2)
const ledger = createSqliteLedger({
  databasePath,
  journalDirectory,
  segmentBytes: 200_000,
  onProblem: (message) => writeSync(2, `${message}\n`), // none is expected
})
let count = 0

function appendSome(): void {
  for (let index = 0; index < 20; index += 1) {
    const id = `wb_${prefix}_${count++}`
    ledger.append(sampleRecord(id), () => writeSync(1, `${id}\n`))
  }
  setTimeout(appendSome, 5)
}
appendSome()
