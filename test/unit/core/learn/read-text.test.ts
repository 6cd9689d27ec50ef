import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOfWord, readText } from '../../../../src/core/learn/read-text.ts'

const ascii = fc.string({ unit: fc.constantFrom(...'abzABZ019 .,?!:\n`@[{'), maxLength: 60 })

function read(text: string, limit: number) {
  const hashes: number[] = []
  const counts = readText(text, limit, (hash) => hashes.push(hash))
  return { counts, hashes }
}

describe('readText', () => {
  it('finds the words that runs of letters and of digits are, in lower case', () => {
    fc.assert(
      fc.property(ascii, fc.nat(60), (text, limit) => {
        const { counts, hashes } = read(text, limit)
        const seen = text.slice(0, limit)
        const words: string[] = seen.match(/[A-Za-z]+|\d+/g) ?? []
        const hashed = words.map((word) => hashOfWord(/\d/.test(word) ? '0' : word.toLowerCase()))
        expect(hashes).toEqual(hashed)
        expect(counts).toMatchObject({
          length: seen.length,
          words: words.length,
          wordLetters: words.join('').length,
          upper: seen.replace(/[^A-Z]/g, '').length,
          digits: seen.replace(/\D/g, '').length,
        })
      }),
      { numRuns: 500 },
    )
  })

  it('takes letters beyond ASCII for parts of words, and ideographs for words', () => {
    expect(read('Größe naïve', 99).hashes).toEqual([hashOfWord('größe'), hashOfWord('naïve')])
    expect(read('世界 a', 99).hashes).toEqual(['世', '界', 'a'].map(hashOfWord))
  })
})
