import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/dialects/dialect.ts'
import { createJsonArraySplitter } from '../../../src/dialects/json-array.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Splits `text`, pushed in pieces of the given sizes (in bytes, repeated over and over). */
function split(text: string, sizes: readonly number[]) {
  const bytes = encoder.encode(text)
  const splitter = createJsonArraySplitter()
  const pieces: { raw: string; frame: Frame | null }[] = []
  const sink = (raw: Uint8Array, frame: Frame | null) =>
    pieces.push({ raw: decoder.decode(raw), frame })
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    expect(splitter.push(bytes.subarray(at, at + size), sink)).toBe(true)
    at += size
  }
  splitter.end(sink)
  return pieces
}

const elements = fc.array(
  fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' })),
  { maxLength: 6 },
)
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

describe('the JSON array splitter', () => {
  it('gives each element with what stands before it, and the closing bracket alone', () => {
    const pieces = split('[{"a":1}\n,\r\n{"b":"]}"}\n]\n', [1000])
    expect(pieces).toEqual([
      { raw: '[{"a":1}', frame: { event: null, data: '{"a":1}' } },
      { raw: '\n,\r\n{"b":"]}"}', frame: { event: null, data: '{"b":"]}"}' } },
      { raw: '\n]', frame: null },
      { raw: '\n', frame: null },
    ])
  })

  it('finds every element and loses no byte, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(elements, sizes, fc.constantFrom(0, 1, '\t'), (values, cuts, indent) => {
        const text = `${JSON.stringify(values, null, indent)}\r\n`
        const pieces = split(text, cuts)
        expect(pieces.map(({ raw }) => raw).join('')).toBe(text)
        const found = pieces.flatMap(({ frame }) => (frame === null ? [] : JSON.parse(frame.data)))
        expect(found).toEqual(JSON.parse(text))
      }),
    )
  })

  it('gives an element out as soon as its last byte is there', () => {
    const splitter = createJsonArraySplitter()
    const frames: (Frame | null)[] = []
    const sink = (_: Uint8Array, frame: Frame | null) => frames.push(frame)
    splitter.push(encoder.encode('[{"text":"\\"}'), sink)
    expect(frames).toEqual([])
    splitter.push(encoder.encode('"}'), sink)
    expect(frames).toEqual([{ event: null, data: '{"text":"\\"}"}' }])
  })

  it('gives a cut element out at the end, as it is', () => {
    expect(split('[{"a":1},{"b":', [3]).at(-1)).toEqual({
      raw: ',{"b":',
      frame: { event: null, data: '{"b":' },
    })
  })

  it('gives out what is no array without frames', () => {
    const pieces = split('<html></html>', [4])
    expect(pieces).toEqual([{ raw: '<html></html>', frame: null }])
  })

  it('signals an element beyond the limit', () => {
    const splitter = createJsonArraySplitter(20)
    const sink = () => undefined
    expect(splitter.push(encoder.encode('[{"a":"0123"},{"b":"'), sink)).toBe(true)
    expect(splitter.push(encoder.encode('0123456789'), sink)).toBe(true)
    expect(splitter.push(encoder.encode('01234'), sink)).toBe(false)
  })
})
