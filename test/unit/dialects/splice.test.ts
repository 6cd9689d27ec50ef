import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Edit, splice } from '../../../src/dialects/splice.ts'

const joined = (body: string, edits: readonly Edit[]) =>
  Buffer.from(splice(Buffer.from(body), edits, memoryFor)).toString()

/** Dirty, as memory of a pool is. */
const memoryFor = (bytes: number) => new Uint8Array(bytes).fill(0xff)

/** Texts and what stands between them, as one body with the spans of the texts. */
const edited = fc.array(
  fc.record({ kept: fc.string(), replaced: fc.string(), text: fc.string({ unit: 'grapheme' }) }),
)

describe('splice', () => {
  it('equals cutting and joining strings, wherever the edits stand', () => {
    fc.assert(
      fc.property(edited, fc.string(), fc.nat(), (parts, rest, turn) => {
        let body = ''
        let expected = ''
        const edits: Edit[] = []
        for (const { kept, replaced, text } of parts) {
          body += kept
          const start = Buffer.byteLength(body)
          body += replaced
          edits.push({ span: { start, end: Buffer.byteLength(body) }, text })
          expected += kept + text
        }
        const at = parts.length === 0 ? 0 : turn % parts.length
        const shuffled = [...edits.slice(at), ...edits.slice(0, at)]
        // Two empty spans in one place have no order of their own: only apart can they be shuffled.
        const apart = new Set(edits.map(({ span }) => span.start)).size === edits.length
        expect(joined(body + rest, apart ? shuffled : edits)).toBe(expected + rest)
      }),
    )
  })

  it('gives the body itself where nothing is edited', () => {
    const body = Buffer.from('{"model":"a","rest":1}')
    expect(splice(body, [], memoryFor)).toBe(body)
  })

  it('inserts at the beginning and at the end', () => {
    expect(joined('abc', [{ span: { start: 0, end: 0 }, text: '<' }])).toBe('<abc')
    expect(joined('abc', [{ span: { start: 3, end: 3 }, text: '>' }])).toBe('abc>')
    expect(joined('', [{ span: { start: 0, end: 0 }, text: 'x' }])).toBe('x')
  })

  it('writes what is beyond ASCII in UTF-8', () => {
    expect(joined('"a"', [{ span: { start: 1, end: 2 }, text: '漢é🎉' }])).toBe('"漢é🎉"')
  })
})
