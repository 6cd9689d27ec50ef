/** A text as tokens, made when asked for: a reply of any length costs no memory. */
export interface Tokens {
  /** May be infinite. */
  readonly count: number
  /** Token number `index`, from 0. */
  at(index: number): string
}

export const noTokens: Tokens = { count: 0, at: () => '' }

export function firstTokens(tokens: Tokens, count: number): Tokens {
  return count >= tokens.count ? tokens : { count: Math.max(0, count), at: tokens.at }
}

export function textOfTokens(tokens: Tokens): string {
  let text = ''
  for (let index = 0; index < tokens.count; index++) text += tokens.at(index)
  return text
}

const CHARACTERS_PER_TOKEN = 4

/** A given text cut into tokens of four characters, never inside a surrogate pair. */
export function tokensOfText(text: string): Tokens {
  const characters = [...text]
  return {
    count: Math.ceil(characters.length / CHARACTERS_PER_TOKEN),
    at: (index) =>
      characters.slice(index * CHARACTERS_PER_TOKEN, (index + 1) * CHARACTERS_PER_TOKEN).join(''),
  }
}

/** What is left of a text after its first `length` characters (UTF-16 units). */
export function tokensAfter(tokens: Tokens, length: number): Tokens {
  let skipped = 0
  let index = 0
  while (index < tokens.count && skipped + tokens.at(index).length <= length) {
    skipped += tokens.at(index).length
    index++
  }
  const start = index
  const offset = length - skipped
  return {
    count: tokens.count - start,
    at: (next) => (next === 0 ? tokens.at(start).slice(offset) : tokens.at(start + next)),
  }
}
