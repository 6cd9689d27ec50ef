import { describe, expect, it } from 'vitest'
import { addRow, createRows, pageOf, placeOf, removeRow } from '../../../../src/core/limits/rows.ts'

describe('rows of numbers', () => {
  it('keep their numbers while others come', () => {
    const rows = createRows(3)
    const first = addRow(rows)
    pageOf(rows, first)[placeOf(rows, first) + 2] = 42
    const all = Array.from({ length: 20_000 }, () => addRow(rows))
    for (const row of all) pageOf(rows, row)[placeOf(rows, row) + 1] = row
    expect(pageOf(rows, first)[placeOf(rows, first) + 2]).toBe(42)
    expect(all.every((row) => pageOf(rows, row)[placeOf(rows, row) + 1] === row)).toBe(true)
    expect(new Set(all).size).toBe(20_000)
    expect(all).not.toContain(0)
  })

  it('are used again, as zeros, before there are more', () => {
    const rows = createRows(2)
    const all = Array.from({ length: 100 }, () => addRow(rows))
    for (const row of all) pageOf(rows, row).fill(7, placeOf(rows, row), placeOf(rows, row) + 2)
    for (const row of all) removeRow(rows, row)
    expect(rows.inUse).toBe(0)
    const again = Array.from({ length: 100 }, () => addRow(rows))
    expect(again.toSorted((a, b) => a - b)).toEqual(all)
    for (const row of again) {
      const at = placeOf(rows, row)
      expect([...pageOf(rows, row).subarray(at, at + 2)]).toEqual([0, 0])
    }
  })
})
