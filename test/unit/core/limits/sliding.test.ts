import { describe, expect, it } from 'vitest'
import { addBook, createBookTable, fieldOf, USED } from '../../../../src/core/limits/book-table.ts'
import {
  ageSliding,
  leftInSliding,
  noteSliding,
  stretchesOfWindow,
  untilSlidingHas,
  untilSlidingIsFull,
} from '../../../../src/core/limits/sliding.ts'
import { termsOf } from '../../../../src/core/limits/terms.ts'
import { slidingLimit } from '../../../conformance/limits/limits.ts'

const lengthMs = stretchesOfWindow * 100

function bookOf(burst: number, manySlots = 1_000) {
  const table = createBookTable(manySlots)
  const terms = termsOf(slidingLimit('test', { amount: 100, burst }, lengthMs))
  const book = addBook(table)
  const note = (amount: number, atMs: number, nowMs = atMs) =>
    noteSliding(table, book, terms, amount, atMs, nowMs)
  const left = (nowMs: number) => {
    ageSliding(table, book, terms, nowMs)
    return Math.floor(leftInSliding(table, book, terms))
  }
  return { table, terms, book, note, left }
}

describe('a sliding window', () => {
  it('counts what was taken for a window, and at most for a stretch more', () => {
    const { note, left } = bookOf(0)
    note(60, 199)
    expect(left(199 + lengthMs)).toBe(40)
    expect(left(200 + lengthMs - 1)).toBe(40)
    expect(left(200 + lengthMs)).toBe(100)
  })

  it('puts a correction where it was taken, or where that counts', () => {
    const { note, left, table, book } = bookOf(0)
    note(10, 50)
    note(20, 150)
    note(30, 950)
    expect(note(-25, 150, 1_000)).toBe(-20)
    expect(note(5, 400, 1_000)).toBe(5)
    expect(fieldOf(table, book, USED)).toBe(45)
    expect(left(200 + lengthMs)).toBe(65)
    expect(note(-10, 50, 200 + lengthMs)).toBe(0)
    expect(left(1_000 + lengthMs)).toBe(100)
  })

  it('knows when so much will be there', () => {
    const { note, table, terms, book, left } = bookOf(0)
    note(60, 50)
    note(40, 450)
    const until = (amount: number) => untilSlidingHas(table, book, terms, amount, 500)
    expect(left(500)).toBe(0)
    expect(until(60)).toBe(100 + lengthMs - 500)
    expect(until(61)).toBe(500 + lengthMs - 500)
    expect(untilSlidingIsFull(table, book, terms, 500)).toBe(lengthMs)
  })

  it('pays back a burst at the rate of the limit', () => {
    const { note, left, table, terms, book } = bookOf(50)
    note(150, 0)
    expect(left(lengthMs + 100)).toBe(100)
    expect(untilSlidingIsFull(table, book, terms, lengthMs + 100)).toBe(lengthMs / 2 - 100)
    expect(left(lengthMs * 1.5)).toBe(150)
  })

  it('keeps fewer and wider slots where memory is short, and nothing comes back sooner', () => {
    const { note, left, table } = bookOf(0, 0)
    for (let atMs = 0; atMs < lengthMs; atMs += 50) note(1, atMs)
    expect(table.slots.inUse).toBeLessThanOrEqual(9)
    expect(left(lengthMs)).toBe(100 - lengthMs / 50)
    expect(left(lengthMs + 1_500)).toBeLessThanOrEqual(100 - (lengthMs / 50 - 30))
    expect(left(lengthMs * 2 + 1_700)).toBe(100)
  })

  it('gives its slots back', () => {
    const { note, left, table } = bookOf(0)
    for (let round = 0; round < 50; round++) {
      for (let stretch = 0; stretch < 100; stretch += 3) {
        const nowMs = round * lengthMs * 2 + stretch * 100
        left(nowMs)
        note(1, nowMs)
      }
    }
    expect(table.slots.top).toBeLessThan(100)
    left(lengthMs * 1_000)
    expect(table.slots.inUse).toBe(0)
  })
})
