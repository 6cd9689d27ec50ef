/** A file is read as pixels, seconds or pages: far fewer tokens than its base64 has letters. */
export const fileBytesPerToken = 750
const leastFileTokens = 250
/** Providers scale larger images down. */
const mostImageTokens = 1_600

export interface Files {
  /** Of their base64. */
  readonly bytes: number
  readonly tokens: number
}

/** What stands in the body in base64, and is no text. */
export function filesIn(body: Buffer): Files {
  let bytes = 0
  let tokens = 0
  for (const mark of marks) {
    for (let at = body.indexOf(mark.word); at !== -1; ) {
      const start = mark.begins(body, at)
      const end = start === null ? -1 : body.indexOf('"', start)
      if (start !== null && end - start >= mark.leastBytes) {
        bytes += end - start
        tokens += mark.sealed ? 0 : fileTokens(body, start, end)
      }
      at = body.indexOf(mark.word, Math.max(at + mark.word.length, end))
    }
  }
  return { bytes, tokens }
}

function fileTokens(body: Buffer, start: number, end: number): number {
  const most = isImage(body, start) ? mostImageTokens : Number.POSITIVE_INFINITY
  return Math.min(most, Math.max(leastFileTokens, Math.ceil((end - start) / fileBytesPerToken)))
}

/** How base64 that is no text is told: by what stands before it. */
interface Mark {
  /** Found fast: six letters that begin with a rare one. Longer words take twenty times as long. */
  readonly word: string
  /** Where the base64 begins, for a word at an offset; null where the word means something else. */
  readonly begins: (body: Buffer, at: number) => number | null
  /** Shorter strings count as text: the difference is small, and the words are common. */
  readonly leastBytes: number
  /** Thoughts of earlier turns under seal, which most providers drop before they count. */
  readonly sealed: boolean
}

const file = { leastBytes: 1_024, sealed: false }
const seal = { leastBytes: 128, sealed: true }

const marks: readonly Mark[] = [
  { word: ';base64,', begins: afterDataUrlHead, ...file },
  { word: '"data"', begins: base64Value, ...file },
  { word: '"signa', begins: base64Value, ...seal },
  { word: '"thoug', begins: base64Value, ...seal },
  // `encrypted_content` of OpenAI begins so; Anthropic's holds search results, which count.
  { word: '"gAAAA', begins: (_, at) => at + 1, ...seal },
]

/** The head of a data URL, when it begins its string: a page of CSS with one in it is text. */
function afterDataUrlHead(body: Buffer, at: number): number | null {
  const head = body.toString('latin1', Math.max(0, at - 100), at)
  return /(?:^|[^\\])"data:[^"\\]*(?:\\\/[^"\\]*)?$/.test(head) ? at + ';base64,'.length : null
}

/** The string a member holds, when its beginning is base64 and no words. */
function base64Value(body: Buffer, at: number): number | null {
  const head = body.toString('latin1', at, at + 300)
  const found =
    /^"(?:data|signature|thoughtSignature|thought_signature)"\s*:\s*"(?=[A-Za-z\d+/=_\\-]{128})/.exec(
      head,
    )
  return found === null ? null : at + found[0].length
}

/** PNG, JPEG, GIF, WebP and BMP by how their base64 begins. */
function isImage(body: Buffer, start: number): boolean {
  return /^(?:iVBOR|\\?\/9j|R0lGOD|UklGR|Qk)/.test(body.toString('latin1', start, start + 8))
}
