import { describe, expect, it } from 'vitest'
import { recordOf, waybillRow } from '../../../src/adapters/store/sqlite/waybill-row.ts'
import { sampleRecord } from '../../conformance/ledger/sample-record.ts'

describe('a row of the database', () => {
  it('gives back the record', () => {
    const record = sampleRecord('wb_1', { queuedMs: 12.5 })
    expect(recordOf(waybillRow(record))).toEqual(record)
  })

  it('of a version without limits is a record without any', () => {
    const { limits: _, queuedMs: __, ...before } = sampleRecord('wb_1')
    const row = waybillRow(sampleRecord('wb_1'))
    const { limits: ___, queuedMs: ____, ...story } = JSON.parse(row.story)
    const old = { ...row, story: JSON.stringify(story) }
    expect(recordOf(old)).toEqual({ ...before, limits: [], queuedMs: 0 })
  })
})
