import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonLines } from '../../../src/core/json-lines/json-lines.ts'
import { pieceOf } from '../../../src/core/json-lines/piece.ts'
import { RememberedTexts } from '../../../src/core/json-lines/remembered-texts.ts'

const lines = new JsonLines()
const textOf = (of: JsonLines) => new TextDecoder().decode(of.bytes())

function written(write: () => void): string {
  lines.clear()
  lines.begin()
  write()
  lines.finish()
  return textOf(lines)
}

/** Lone surrogates, too. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) })

describe('lines of JSON', () => {
  it('hold numbers as `JSON.stringify` writes them', () => {
    const check = (value: number): void => {
      expect(written(() => lines.number(value))).toBe(JSON.stringify(value))
    }
    fc.assert(fc.property(fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger()), check))
    for (let power = 1; power < 1e16; power *= 10) {
      for (const value of [power - 1, power, power + 1, 2 * power, -power]) check(value)
    }
    for (const value of [2 ** 31, 2 ** 31 - 1, 2 ** 53, -0, 1e21, Number.NaN]) check(value)
  })

  it('hold decimals as `JSON.stringify` writes the quotient', () => {
    const unit = fc.oneof(fc.nat(2000), fc.nat(), fc.maxSafeInteger(), fc.double())
    fc.assert(
      fc.property(unit, fc.constantFrom(2, 3, 4, 9), (units, decimals) => {
        const expected = JSON.stringify(units / 10 ** decimals)
        expect(written(() => lines.decimal(units, decimals))).toBe(expected)
      }),
      { numRuns: 2000 },
    )
    for (let units = 0; units <= 12_000; units++) {
      for (const decimals of [2, 3, 4, 9]) {
        const line = written(() => lines.decimal(units, decimals))
        if (line !== JSON.stringify(units / 10 ** decimals)) expect.fail(`${units} ${decimals}`)
      }
    }
  })

  it('hold texts as `JSON.stringify` writes them', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const expected = JSON.stringify(text)
        expect(written(() => lines.text(text))).toBe(expected)
        expect(written(() => lines.piece(pieceOf(expected)))).toBe(expected)
        const before = new RememberedTexts(',"key":')
        expect(written(() => lines.piece(before.of(text)))).toBe(`,"key":${expected}`)
        expect(written(() => lines.raw(text))).toBe(text.toWellFormed())
      }),
    )
  })

  it('grow with what is written, and leave out a line that was not finished', () => {
    const many = new JsonLines()
    const line = `${JSON.stringify('ä'.repeat(700))}\n`
    const piece = pieceOf(line)
    for (let index = 0; index < 500; index++) {
      many.begin()
      many.raw('never finished')
      many.begin()
      if (index % 2 === 0) many.piece(piece)
      else many.raw(line)
      many.finish()
    }
    many.begin()
    many.text('never finished')
    expect(many.count).toBe(500)
    expect(textOf(many)).toBe(line.repeat(500))
    many.clear()
    expect(many.bytes()).toHaveLength(0)
  })
})

describe('remembered texts', () => {
  it('are quoted once, and anew when they are to be forgotten', () => {
    let quoted = 0
    const texts = new RememberedTexts(':', (text) => `"${text}${++quoted}"`)
    const of = (text: string | null) => written(() => lines.piece(texts.of(text)))
    expect([of(null), of('a'), of('b'), of('a'), of(null)]).toEqual([
      ':null',
      ':"a1"',
      ':"b2"',
      ':"a1"',
      ':null',
    ])
    texts.forget()
    expect([of('a'), of(null)]).toEqual([':"a3"', ':null'])
  })

  it('are bounded in number and length', () => {
    let quoted = 0
    const texts = new RememberedTexts('', () => String(++quoted))
    for (let name = 0; name < 501; name++) texts.of(`name ${name}`)
    texts.of('name 0')
    expect(quoted).toBe(502)
    for (const text of ['x'.repeat(201), 'a', 'x'.repeat(201)]) texts.of(text)
    expect(quoted).toBe(505)
  })
})
