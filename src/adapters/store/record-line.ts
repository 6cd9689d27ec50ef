import type { WaybillRecord } from '../../core/account/record.ts'
import { isObject, parseJson } from '../../core/json.ts'
import { recordOfRow } from './record-row.ts'
import { withSafeNumbers } from './safe-numbers.ts'

/**
 * The record a journal line holds, its figures made safe; null when the line holds none. Earlier
 * versions wrote objects, and a journal may be left behind by one of them.
 */
export function recordIn(line: string): WaybillRecord | null {
  const value = parseJson(line)
  const record: unknown = Array.isArray(value) ? recordOfRow(value) : value
  return isWaybill(record) ? withSafeNumbers(record) : null
}

/**
 * Checks what everything else hangs on: who it is, when, and what is billed. The rest was written
 * from a typed record, maybe by another version of Waybill, and is worth keeping as it is.
 */
export function isWaybill(value: unknown): value is WaybillRecord {
  return (
    isObject(value) &&
    typeof value['id'] === 'string' &&
    value['id'] !== '' &&
    typeof value['arrivedAtMs'] === 'number' &&
    isObject(value['usage']) &&
    Array.isArray(value['attempts']) &&
    value['attempts'].every((attempt) => isObject(attempt) && isObject(attempt['usage']))
  )
}
