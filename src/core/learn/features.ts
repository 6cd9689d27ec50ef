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
/** Looked at first: asking a set costs more than all else that is done with a word. */
const looksReasoning = new Uint8Array(256)
for (const hash of reasoning) looksReasoning[hash & 0xff] = 1

const codeSigns = ['```', 'def ', 'function ', 'class ', 'SELECT ', '#include', '=>', ';\n', '{\n']

/**
 * The shape of a request and, hashed, its words: what a learner knows of it. Every entry lies between
 * -2 and 2. Pure, and about 6 µs for a prompt of 1 KB; only strategies that learn ask for it.
 */
export function featuresOf(request: Request): Float64Array {
  const text = request.promptSample()
  const features = new Float64Array(dimension)
  let first = 0
  let reasons = false
  const counts = readText(text, longestSample, (hash) => {
    if (first === 0) first = hash
    if (looksReasoning[hash & 0xff] === 1 && reasoning.has(hash)) reasons = true
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    const spread = mixed ^ (mixed >>> 12)
    const place = shapePlaces + ((spread >>> 1) % wordPlaces)
    features[place] = (features[place] ?? 0) + ((spread & 1) === 0 ? 1 : -1)
  })
  scaleWords(features)
  features[0] = constant
  features[1] = making.has(first) ? 0.7 : 0
  features[2] = reasons ? 0.5 : 0
  textShape(features, text, counts)
  requestShape(features, request, counts)
  for (let place = 0; place < shapePlaces; place++) {
    features[place] = place === 0 ? constant : bounded(features[place] ?? 0)
  }
  return features
}

/** Where the parts of the shape begin, each directly behind the one before. */
const textPlace = 3
const requestPlace = textPlace + 20
const shapePlaces = requestPlace + 8

/** Entries of a vector of `featuresOf`. What was learned with another number is of no use. */
export const dimension = shapePlaces + wordPlaces

/** However many words there are, together they are as long as `wordWeight`. */
function scaleWords(features: Float64Array): void {
  let squares = 0
  for (let place = shapePlaces; place < dimension; place++) squares += (features[place] ?? 0) ** 2
  const scale = squares === 0 ? 0 : wordWeight / Math.sqrt(squares)
  for (let place = shapePlaces; place < dimension; place++) {
    features[place] = (features[place] ?? 0) * scale
  }
}

/** Numbers of about the same size each, so that one prior fits all of their weights. */
function textShape(features: Float64Array, text: string, counts: TextCounts): void {
  const size = Math.log1p(counts.length)
  const share = 5 / Math.max(1, counts.length)
  let at = textPlace
  features[at++] = size / 4 - 1.4
  // Bends, because length means something else for a line than for a page.
  features[at++] = Math.max(0, size - 5.5) / 1.5
  features[at++] = Math.max(0, size - 4.5) / 2
  features[at++] = counts.digits * share
  features[at++] = Math.log1p(counts.numbers) / 3
  features[at++] = Math.log1p(counts.newlines) / 2.5
  features[at++] = counts.upper * share
  features[at++] = counts.punctuation * share
  features[at++] = Math.log1p(counts.questionMarks)
  features[at++] = Math.log1p(counts.mathSigns) / 3
  features[at++] = counts.letterMarkers > 0 ? 0.7 : 0
  features[at++] = Math.log1p(counts.markers) / 2
  features[at++] = endsAsQuestion(text) ? 0.6 : 0
  features[at++] = looksLikeCode(text) ? 0.7 : 0
  features[at++] = counts.wordLetters / Math.max(1, counts.words) / 5 - 1
  features[at++] = counts.quotes > 1 ? 0.5 : 0
  features[at++] = counts.sentences > 3 ? 0.5 : 0
  features[at++] = (counts.foreign * share) / 2
  features[at++] = Math.log1p(counts.commas) / 3
  features[at++] = counts.colons > 0 ? 0.5 : 0
}

function requestShape(features: Float64Array, request: Request, counts: TextCounts): void {
  const needs = request.needs()
  // Turns before, instructions and attachments: what there is besides the words of the user.
  const besides = Math.log1p(request.inputTokensEstimate) - Math.log1p(counts.length / 4)
  const mostOutput = request.maxOutputTokens
  let at = requestPlace
  features[at++] = Math.max(0, besides) / 4
  features[at++] = needs.tools ? 0.7 : 0
  features[at++] = needs.jsonSchema || needs.jsonMode ? 0.7 : 0
  features[at++] = needs.vision || needs.audio || needs.pdf ? 0.7 : 0
  features[at++] = needs.reasoning ? 0.7 : 0
  features[at++] = request.streaming === null ? 0 : 0.3
  features[at++] = mostOutput === null ? 0 : 1 - Math.log1p(mostOutput) / 8
  features[at++] = request.endpoint.operation === 'chat' ? 0 : 0.7
}

function looksLikeCode(text: string): boolean {
  for (const sign of codeSigns) if (text.includes(sign)) return true
  return false
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
