import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordIn } from '../../../src/adapters/store/record-line.ts'
import {
  attemptFields,
  candidateFields,
  limitFields,
  recordFields,
  usageFields,
} from '../../../src/adapters/store/record-row.ts'
import { createRecordWriter } from '../../../src/adapters/store/write-record.ts'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { JsonLines } from '../../../src/core/json-lines/json-lines.ts'
import type { Usage } from '../../../src/core/reply.ts'
import { sampleRecord } from '../../conformance/ledger/sample-record.ts'
import { anyRecord } from '../../support/any-record.ts'

const lines = new JsonLines()
const write = createRecordWriter()

function lineOf(record: WaybillRecord): string {
  lines.clear()
  lines.begin()
  write(lines, record)
  lines.finish()
  return new TextDecoder().decode(lines.bytes())
}

const values = <T, K extends keyof T>(fields: readonly K[], of: T) => fields.map((name) => of[name])

function usageRow(usage: Usage): unknown[] {
  const hasParts = usageFields.slice(5).some((name) => usage[name] !== undefined)
  return values(hasParts ? usageFields : usageFields.slice(0, 5), usage)
}

/** The same line by way of an array and `JSON.stringify`. */
function plainLine(record: WaybillRecord): string {
  const row = values(recordFields, {
    ...record,
    usage: usageRow(record.usage),
    candidates: record.candidates.map((each) => values(candidateFields, each)),
    attempts: record.attempts.map((each) =>
      values(attemptFields, { ...each, usage: usageRow(each.usage) }),
    ),
    limits: record.limits.map((each) => values(limitFields, each)),
  })
  return `${JSON.stringify(row)}\n`
}

/** Without the prototypes that the generator gives its objects. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('a line of the journal', () => {
  it('gives back every record as it was', () => {
    fc.assert(
      fc.property(anyRecord, (written) => {
        const line = lineOf(written)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(recordIn(line)).toEqual(plain(written))
      }),
    )
  })

  it('is what `JSON.stringify` makes of the values in the order of their list', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(lineOf(record)).toBe(plainLine(record))
      }),
    )
    const strange = [Number.NaN, Number.POSITIVE_INFINITY, -0, -1, 1e21, 5e-324, 2 ** 53, 0.1 + 0.2]
    for (const value of strange) {
      const usage = { ...sampleRecord('wb_1').usage, inputTokens: value, images: value }
      const record = sampleRecord('wb_1', { usage, totalMs: value, costNanoUsd: value })
      expect(lineOf(record)).toBe(plainLine(record))
    }
  })

  it('may be an object, as earlier versions wrote it', () => {
    const written = sampleRecord('wb_1')
    expect(recordIn(JSON.stringify(written))).toEqual(written)
  })

  it('may be shorter, of an earlier version, or longer, of a later one', () => {
    const { panic: _, ...rest } = sampleRecord('wb_1')
    const values: unknown[] = JSON.parse(lineOf(sampleRecord('wb_1')))
    const before = { ...rest, limits: [], queuedMs: 0 }
    expect(recordIn(JSON.stringify(values.slice(0, -3)))).toEqual(before)
    expect(recordIn(JSON.stringify([...values, 'new']))).toEqual(sampleRecord('wb_1'))
  })

  it('holds no record when it is cut off or its parts are no rows', () => {
    const line = lineOf(sampleRecord('wb_1'))
    expect(recordIn(line.slice(0, line.length / 2))).toBeNull()
    for (const broken of ['[]', '[1]', '["wb_1",1]', '{}', 'null', '7']) {
      expect(recordIn(broken), broken).toBeNull()
    }
    const values: unknown[] = JSON.parse(line)
    const attempts = values.map((value) => (Array.isArray(value) ? [7] : value))
    expect(recordIn(JSON.stringify(attempts))).toBeNull()
  })
})
