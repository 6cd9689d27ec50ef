import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainTextOf } from '../../../src/dialects/plain-text.ts'
import { scanObject } from '../../../src/dialects/scan-json.ts'

const large = 8 * 1024

const isPlain = (byte: number | undefined) =>
  byte !== undefined && byte >= 0x20 && byte !== 0x22 && byte !== 0x5c

describe('plain text of a large body', () => {
  it('never skips a byte that is not plain, and stops within a word of it', () => {
    const other = fc.record({ at: fc.nat(large - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(
        fc.array(other, { maxLength: 4 }),
        fc.nat(7),
        fc.nat(large),
        fc.nat(255).filter(isPlain),
        (others, offset, from, filler) => {
          const bytes = new Uint8Array(new ArrayBuffer(offset + large), offset, large).fill(filler)
          for (const { at, byte } of others) bytes[at] = byte
          const end = plainTextOf(bytes)?.end(from) ?? from
          let first = from
          while (isPlain(bytes[first])) first++
          expect(end).toBeGreaterThanOrEqual(Math.min(from, first))
          expect(end).toBeLessThanOrEqual(first)
          expect(first - end).toBeLessThan(8)
        },
      ),
    )
  })

  it('is not looked at in a small body', () => {
    expect(plainTextOf(new Uint8Array(100))).toBeNull()
  })
})

describe('a large body', () => {
  const encoder = new TextEncoder()

  it('is judged as JSON.parse judges it, wherever it differs', () => {
    const inserted = fc.constantFrom('"', '\\', '\\n', '\\u00e9', '\u0001', '\n', 'é', '😀', '","')
    fc.assert(
      fc.property(fc.nat(large), inserted, fc.nat(3), (at, insert, lead) => {
        const text = `${' '.repeat(lead)}{"a":"${'x'.repeat(at)}${insert}${'y'.repeat(large - at)}"}`
        let parses = true
        try {
          JSON.parse(text)
        } catch {
          parses = false
        }
        expect(scanObject(encoder.encode(text)).ok).toBe(parses)
      }),
    )
  })
})
