import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dimension, featuresOf } from '../../../../src/core/learn/features.ts'
import { hashOfWord, readText } from '../../../../src/core/learn/read-text.ts'
import { aRequest, noNeeds } from '../plans.ts'
import { asking } from './lessons-made.ts'

const requests = fc
  .record({
    text: fc.string({ unit: 'binary', maxLength: 6_000 }),
    tokens: fc.oneof(fc.nat(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -5)),
    most: fc.option(fc.oneof(fc.nat(), fc.constantFrom(Number.NaN, -1))),
  })
  .map(({ text, tokens, most }) =>
    aRequest({
      promptSample: () => text,
      inputTokensEstimate: tokens,
      maxOutputTokens: most,
    }),
  )

describe('featuresOf', () => {
  it('is a vector of one length and of small numbers, whatever is asked', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const features = featuresOf(request)
        expect(features.length).toBe(dimension)
        expect(features.every((value) => Math.abs(value) <= 4)).toBe(true)
      }),
    )
  })

  it('says the same of the same request', () => {
    fc.assert(
      fc.property(requests, (request) => {
        expect(featuresOf(request)).toEqual(featuresOf(request))
      }),
    )
  })

  it.each([
    [
      'a question with choices',
      'Which is it? (A) red (B) blue',
      'Which is it? Red, or perhaps blue',
    ],
    ['code', 'Fix this: def add(a, b): return a - b', 'Fix this sum for me, a and b are wrong'],
    ['figures', 'What is 12 + 47 * 3?', 'What is a dozen plus some more?'],
    ['another language', 'Что это такое и зачем?', 'What is this and what is it for?'],
    ['length', 'Tell me more. '.repeat(50), 'Tell me more. '],
  ])('tells apart: %s', (_what, one, other) => {
    const difference = featuresOf(asking(one)).map(
      (value, at) => value - (featuresOf(asking(other))[at] ?? 0),
    )
    expect(Math.hypot(...difference)).toBeGreaterThan(0.5)
  })

  it('knows what the request needs', () => {
    const plain = featuresOf(asking('Hello'))
    const needs = { ...noNeeds, tools: true, jsonSchema: true, vision: true }
    const rich = featuresOf(aRequest({ promptSample: () => 'Hello', needs: () => needs }))
    expect(rich.filter((value, at) => value !== plain[at]).length).toBeGreaterThanOrEqual(3)
  })

  it('spreads words evenly over their places', () => {
    const counts = new Array<number>(24).fill(0)
    const words = 24_000
    for (let word = 0; word < words; word++) {
      const text = `${letters(word)}`
      const last = featuresOf(asking(text)).subarray(dimension - 24)
      const place = last.findIndex((value) => value !== 0)
      counts[place] = (counts[place] ?? 0) + 1
    }
    const expected = words / 24
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // χ² with 23 degrees of freedom stays below 49.7 in 999 of 1,000 fair experiments.
    expect(chiSquare).toBeLessThan(49.7)
  })
})

describe('readText', () => {
  it('counts what there is', () => {
    const counts = readText('Is 12 > 7?\nA) yes, "sure"\nB) no.', 4_096)
    expect(counts).toMatchObject({ numbers: 2, digits: 3, newlines: 2, questionMarks: 1 })
    expect(counts).toMatchObject({
      markers: 2,
      letterMarkers: 2,
      commas: 1,
      quotes: 2,
      mathSigns: 1,
    })
  })

  it('reports words in lower case, numbers alike, ideographs one by one', () => {
    const words: number[] = []
    readText('Red RED 7 1234 日本', 4_096, (hash) => words.push(hash))
    expect(words).toHaveLength(6)
    expect(words[0]).toBe(hashOfWord('red'))
    expect(words[1]).toBe(words[0])
    expect(words[2]).toBe(words[3])
    expect(words[4]).not.toBe(words[5])
  })

  it('reads no more than it may', () => {
    expect(readText('a '.repeat(100), 10)).toMatchObject({ length: 10, words: 5 })
  })
})

function letters(number: number): string {
  let text = ''
  for (let left = number + 1; left > 0; left = Math.floor(left / 26)) {
    text += String.fromCharCode(97 + (left % 26))
  }
  return text
}
