import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lazyList } from '../../../src/dialects/lazy-list.ts'

const listOf = (text: string) => {
  const bytes = Buffer.from(text)
  return lazyList(bytes, { start: 0, end: bytes.length })
}

/** JSON as clients write it: compact, indented, or with foreign letters escaped. */
const written = [
  (value: unknown) => JSON.stringify(value),
  (value: unknown) => JSON.stringify(value, null, 2),
  (value: unknown) =>
    JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
]

describe('a list that is parsed as it is read', () => {
  it('holds what a parse of the whole would', () => {
    const elements = fc.array(
      fc.oneof(
        fc.json().map((text): unknown => JSON.parse(text)),
        fc.string(),
      ),
    )
    fc.assert(
      fc.property(elements, fc.constantFrom(...written), (values, write) => {
        const text = write(values)
        const expected: unknown[] = JSON.parse(text)
        const forward = listOf(text)
        expect(values.map((_, index) => forward?.at(index))).toEqual(expected)
        expect(forward?.at(values.length)).toBeUndefined()
        expect(listOf(text)?.has(0)).toBe(values.length > 0)
        expect(forward?.has(values.length)).toBe(false)
        const backward = listOf(text)
        expect(backward?.length()).toBe(values.length)
        expect(backward?.at(values.length - 1)).toEqual(values.length ? expected.at(-1) : undefined)
      }),
    )
  })

  it.each([
    ['[]', 0],
    [' \n[]', null],
    ['[ \n ]', 0],
    ['[[]]', 1],
    ['["]", "\\"]", "\\\\"]', 3],
    ['[{"a":"}"},{"b":[1,2]}]', 2],
    ['{}', null],
    ['"[1]"', null],
    ['null', null],
  ])('%j has %s elements', (text, length) => {
    expect(listOf(text)?.length() ?? null).toBe(length)
  })

  it('an element is parsed once', () => {
    const list = listOf('[{"a":1}]')
    expect(list?.at(0)).toBe(list?.at(0))
  })
})
