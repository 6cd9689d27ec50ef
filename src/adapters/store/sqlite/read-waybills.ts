import type { Database } from 'better-sqlite3'
import type { WaybillRecord } from '../../../core/account/record.ts'
import { isWaybill } from '../record-line.ts'
import { recordOf, type WaybillRow } from './waybill-row.ts'

export function prepareReads(database: Database) {
  const one = database.prepare<[string], WaybillRow>('SELECT * FROM waybills WHERE id = ?')
  const latest = database.prepare<[number], WaybillRow>(
    'SELECT * FROM waybills ORDER BY arrived_at_ms DESC, rowid DESC LIMIT ?',
  )
  return {
    read(id: string): WaybillRecord | null {
      const row = one.get(id)
      return row === undefined ? null : (recordsIn([row])[0] ?? null)
    },
    recent: (limit: number): WaybillRecord[] => recordsIn(latest.all(limit)),
  }
}

function recordsIn(rows: readonly WaybillRow[]): WaybillRecord[] {
  return rows.map(recordOf).filter(isWaybill)
}
