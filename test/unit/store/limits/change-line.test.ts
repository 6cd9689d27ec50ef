import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChangeLine, changesIn } from '../../../../src/adapters/store/limits/change-line.ts'
import type { BookChange } from '../../../../src/gateway/book-store.ts'

const text = fc.string({ unit: 'binary' }).map((made) => made.toWellFormed())
const change: fc.Arbitrary<BookChange> = fc.record({
  limitId: text,
  subject: text,
  amount: fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  atMs: fc.maxSafeInteger(),
})

function lineOf(sequence: number, changes: readonly BookChange[], line = new ChangeLine()): string {
  for (const { limitId, subject, amount, atMs } of changes) line.add(limitId, subject, amount, atMs)
  return line.end(sequence)
}

describe('a line of changes', () => {
  it('is the text of an array, of few names and figures as of many', () => {
    const few = fc.record({
      limitId: fc.constantFrom('a', 'b "c"'),
      subject: fc.constantFrom('user:é', '\ud800'),
      amount: fc.constantFrom(0, 1, -1, 0.5),
      atMs: fc.constantFrom(0, 1, 1_790_000_000_000.125),
    })
    const line = new ChangeLine()
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.oneof(few, change)), (sequence, changes) => {
        const values = changes.flatMap(({ limitId, subject, amount, atMs }) => [
          limitId,
          subject,
          amount,
          atMs,
        ])
        expect(lineOf(sequence, changes, line)).toBe(`${JSON.stringify([sequence, ...values])}\n`)
        expect(line.isEmpty).toBe(true)
      }),
    )
  })

  it('gives them back as they were, on one line', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(change), (sequence, changes) => {
        const line = lineOf(sequence, changes)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(changesIn(line)).toEqual({
          sequence,
          changes: changes.map(({ amount, ...rest }) => ({ ...rest, amount: amount + 0 })),
        })
      }),
    )
  })

  it('holds none when it is cut off', () => {
    const line = lineOf(7, [{ limitId: 'a requests/minute', subject: 'a', amount: 1, atMs: 5 }])
    for (let length = 0; length < line.length - 1; length += 1) {
      expect(changesIn(line.slice(0, length)), line.slice(0, length)).toBeNull()
    }
  })

  it.each([
    '7',
    '{}',
    'null',
    '[]',
    '["1"]',
    '[1,"a"]',
    '[1,"a","b",1]',
    '[1,"a","b","1",2]',
    '[1,"a",2,1,2]',
    '[1,"a","b",1,null]',
  ])('holds none in %s', (line) => expect(changesIn(line)).toBeNull())
})
