import { type Piece, pieceOf } from './piece.ts'

/** Clients make names up: what is remembered of one field is bounded. */
const mostTexts = 500
const mostCharacters = 200

/**
 * The texts of one field that come again with every request, ready to be written: finding one again
 * costs less than looking through its characters for what needs an escape.
 */
export class RememberedTexts {
  readonly #before: string
  readonly #quote: (text: string) => string
  readonly #null: Piece
  readonly #known = new Map<string, Piece>()
  /** The last one needs no search; most requests are like the one before. */
  #last: string | null = null
  #lastPiece: Piece

  /** `before` stands before each; `quote` makes JSON of a text. */
  constructor(before: string, quote: (text: string) => string = JSON.stringify) {
    this.#before = before
    this.#quote = quote
    this.#null = pieceOf(`${before}null`)
    this.#lastPiece = this.#null
  }

  of(text: string | null): Piece {
    if (text === this.#last) return this.#lastPiece
    const piece = text === null ? this.#null : (this.#known.get(text) ?? this.#made(text))
    this.#last = text
    this.#lastPiece = piece
    return piece
  }

  /** Texts are to be quoted anew. */
  forget(): void {
    this.#known.clear()
    this.#last = null
    this.#lastPiece = this.#null
  }

  #made(text: string): Piece {
    const piece = pieceOf(this.#before + this.#quote(text))
    if (text.length > mostCharacters) return piece
    if (this.#known.size >= mostTexts) this.#known.clear()
    this.#known.set(text, piece)
    return piece
  }
}
