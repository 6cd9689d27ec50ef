/** What one pass over a text counts. All are numbers of UTF-16 code units unless they say otherwise. */
export interface TextCounts {
  length: number
  words: number
  /** In words, so that their mean length can be told. */
  wordLetters: number
  upper: number
  digits: number
  /** Numbers: runs of digits. */
  numbers: number
  newlines: number
  punctuation: number
  questionMarks: number
  commas: number
  colons: number
  quotes: number
  /** Full stops, exclamation and question marks with white space behind them. */
  sentences: number
  /** `= + * < > ^ $ \ { } _` */
  mathSigns: number
  /** Beyond ASCII: other scripts, or much punctuation of theirs. */
  foreign: number
  /** `A.`, `(b)`, `3)`: what lists and questions with choices are made of. */
  markers: number
  /** Those of them that are capital letters. */
  letterMarkers: number
}

const tab = 9
const newline = 10
const space = 32
const isBreak = (code: number) => code === space || code === newline || code === tab || code === 13
const isDigit = (code: number) => code >= 48 && code <= 57
const isUpper = (code: number) => code >= 65 && code <= 90
/** Of a letter, either case; of anything else, no letter. */
const lowerCase = (code: number) => code | 0x20
const isLower = (code: number) => code >= 97 && code <= 122
/** Scripts that put no spaces between words: each character stands for one. */
const isIdeograph = (code: number) => code >= 0x2e80 && code <= 0xd7ff

const mathSigns = new Set([...'=+*<>^$\\{}_'].map((sign) => sign.charCodeAt(0)))
const quotes = new Set([...'"“”'].map((sign) => sign.charCodeAt(0)))

/** FNV-1a, 32 bits. */
const hashStart = 0x811c9dc5
const hashStep = (hash: number, code: number) => Math.imul(hash ^ code, 0x01000193)

/** As `readText` reports it. */
export function hashOfWord(word: string): number {
  let hash = hashStart
  for (let at = 0; at < word.length; at++) hash = hashStep(hash, word.charCodeAt(at))
  return hash
}

/**
 * Counts what there is in one pass, and calls `onWord` with a hash of each word in lower case (numbers
 * count as words that are all alike). Reads at most `limit` code units.
 */
export function readText(
  text: string,
  limit: number,
  onWord: (hash: number) => void = () => {},
): TextCounts {
  const length = Math.min(text.length, limit)
  const counts = noCounts(length)
  let hash = hashStart
  let wordStart = -1
  let inNumber = false
  const endWord = (at: number) => {
    if (wordStart < 0) return
    counts.words++
    counts.wordLetters += at - wordStart
    onWord(inNumber ? numberHash : hash)
    wordStart = -1
    inNumber = false
    hash = hashStart
  }
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (isLower(lowerCase(code))) {
      if (inNumber) endWord(at)
      if (wordStart < 0) wordStart = at
      // All letters that follow, with numbers of this block alone: what is shared with the closure
      // above is read and written in memory each time, and most of a text is letters.
      let letter = code
      let upper = 0
      let letters = hash
      for (;;) {
        if (isUpper(letter)) upper++
        letters = hashStep(letters, lowerCase(letter))
        if (at + 1 >= length) break
        letter = text.charCodeAt(at + 1)
        if (!isLower(lowerCase(letter))) break
        at++
      }
      hash = letters
      counts.upper += upper
    } else if (isDigit(code)) {
      counts.digits++
      if (!inNumber) {
        endWord(at)
        counts.numbers++
        wordStart = at
        inNumber = true
      }
    } else if (code > 0x7f && !quotes.has(code)) {
      counts.foreign++
      if (isIdeograph(code)) endWord(at)
      if (wordStart < 0) wordStart = at
      hash = hashStep(hash, code)
      if (isIdeograph(code)) endWord(at + 1)
    } else {
      endWord(at)
      if (code === newline) counts.newlines++
      else if (!isBreak(code)) countSign(counts, text, at, code)
    }
  }
  endWord(length)
  return counts
}

const numberHash = hashStep(hashStart, 48)

function countSign(counts: TextCounts, text: string, at: number, code: number): void {
  counts.punctuation++
  if (code === 63) counts.questionMarks++
  if (code === 44) counts.commas++
  if (code === 58) counts.colons++
  if (quotes.has(code)) counts.quotes++
  if (mathSigns.has(code)) counts.mathSigns++
  const breaks = isBreak(text.charCodeAt(at + 1))
  if (!breaks) return
  if (code === 46 || code === 33 || code === 63) counts.sentences++
  if (code === 41 || code === 46 || code === 58) countMarker(counts, text, at)
}

/** A single letter or digit between a break (or a bracket) and `)`, `.` or `:`. */
function countMarker(counts: TextCounts, text: string, at: number): void {
  const sign = text.charCodeAt(at - 1)
  const before = at < 2 ? space : text.charCodeAt(at - 2)
  if (before !== 40 && !isBreak(before)) return
  const letter = sign >= 65 && sign <= 72
  if (letter) counts.letterMarkers++
  if (letter || (sign >= 97 && sign <= 104) || isDigit(sign)) counts.markers++
}

function noCounts(length: number): TextCounts {
  return {
    length,
    words: 0,
    wordLetters: 0,
    upper: 0,
    digits: 0,
    numbers: 0,
    newlines: 0,
    punctuation: 0,
    questionMarks: 0,
    commas: 0,
    colons: 0,
    quotes: 0,
    sentences: 0,
    mathSigns: 0,
    foreign: 0,
    markers: 0,
    letterMarkers: 0,
  }
}
