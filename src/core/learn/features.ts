import type { Request } from '../request.ts'
import { hashOfWord, readText, type TextCounts } from './read-text.ts'

/** Of the sample, so that the cost of reading is bounded whoever made the request. */
const longestSample = 4_096

/** Words share so many places; which one, and with which sign, their hash decides. */
const wordPlaces = 24
/** Length of the word part. Shape tells more per example than words do, so words weigh less. */
const wordWeight = 0.2

/** What every request has, so that a target's general level can be learned; large, to learn it soon. */
const constant = 4

/** What a prompt begins with that wants something made, and what it holds that wants reasons. */
const making = hashed('write create generate implement translate summarize summarise list draft')
const reasoning = hashed('why explain reason reasons reasoning step steps think justify')

const codeSigns = ['```', 'def ', 'function ', 'class ', 'SELECT ', '#include', '=>', ';\n', '{\n']

/**
 * The shape of a request and, hashed, its words: what a learner knows of it. Every entry lies between
 * -2 and 2. Pure, and about 15 µs for a prompt of 1 KB; only strategies that learn ask for it.
 */
export function featuresOf(request: Request): Float64Array {
  const text = request.promptSample()
  const words = new Float64Array(wordPlaces)
  let first: number | null = null
  let reasons = false
  const counts = readText(text, longestSample, (hash) => {
    first ??= hash
    if (reasoning.has(hash)) reasons = true
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    const spread = mixed ^ (mixed >>> 12)
    const place = (spread >>> 1) % wordPlaces
    words[place] = (words[place] ?? 0) + ((spread & 1) === 0 ? 1 : -1)
  })
  const wishes = [first !== null && making.has(first) ? 0.7 : 0, reasons ? 0.5 : 0]
  const shape = [1, ...wishes, ...textShape(text, counts), ...requestShape(request, counts)]
  const features = new Float64Array(shape.length + wordPlaces)
  for (const [place, value] of shape.entries()) features[place] = bounded(value)
  features[0] = constant
  let squares = 0
  for (const value of words) squares += value * value
  const scale = squares === 0 ? 0 : wordWeight / Math.sqrt(squares)
  for (const [place, value] of words.entries()) features[shape.length + place] = value * scale
  return features
}

/** Entries of a vector of `featuresOf`. What was learned with another number is of no use. */
export const dimension = 1 + 2 + 20 + 8 + wordPlaces

/** Numbers of about the same size each, so that one prior fits all of their weights. */
function textShape(text: string, counts: TextCounts): number[] {
  const length = Math.max(1, counts.length)
  const size = Math.log1p(counts.length)
  const share = (part: number) => (5 * part) / length
  return [
    size / 4 - 1.4,
    // Bends, because length means something else for a line than for a page.
    Math.max(0, size - 5.5) / 1.5,
    Math.max(0, size - 4.5) / 2,
    share(counts.digits),
    Math.log1p(counts.numbers) / 3,
    Math.log1p(counts.newlines) / 2.5,
    share(counts.upper),
    share(counts.punctuation),
    Math.log1p(counts.questionMarks),
    Math.log1p(counts.mathSigns) / 3,
    counts.letterMarkers > 0 ? 0.7 : 0,
    Math.log1p(counts.markers) / 2,
    endsAsQuestion(text) ? 0.6 : 0,
    codeSigns.some((sign) => text.includes(sign)) ? 0.7 : 0,
    counts.wordLetters / Math.max(1, counts.words) / 5 - 1,
    counts.quotes > 1 ? 0.5 : 0,
    counts.sentences > 3 ? 0.5 : 0,
    share(counts.foreign) / 2,
    Math.log1p(counts.commas) / 3,
    counts.colons > 0 ? 0.5 : 0,
  ]
}

function requestShape(request: Request, counts: TextCounts): number[] {
  const needs = request.needs()
  // Turns before, instructions and attachments: what there is besides the words of the user.
  const besides = Math.log1p(request.inputTokensEstimate) - Math.log1p(counts.length / 4)
  const mostOutput = request.maxOutputTokens
  return [
    Math.max(0, besides) / 4,
    needs.tools ? 0.7 : 0,
    needs.jsonSchema || needs.jsonMode ? 0.7 : 0,
    needs.vision || needs.audio || needs.pdf ? 0.7 : 0,
    needs.reasoning ? 0.7 : 0,
    request.streaming === null ? 0 : 0.3,
    mostOutput === null ? 0 : 1 - Math.log1p(mostOutput) / 8,
    request.endpoint.operation === 'chat' ? 0 : 0.7,
  ]
}

function endsAsQuestion(text: string): boolean {
  return text.trimEnd().endsWith('?')
}

function hashed(words: string): ReadonlySet<number> {
  return new Set(words.split(' ').map(hashOfWord))
}

function bounded(value: number): number {
  return Number.isFinite(value) ? Math.max(-2, Math.min(2, value)) : 0
}
