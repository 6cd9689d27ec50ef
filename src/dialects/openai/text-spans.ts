/** Where the blocks of a streamed text lie in the whole of it: links are marked by such a span. */
export class TextSpans {
  readonly #spans = new Map<number, { start: number; end: number }>()
  #length = 0

  grow(block: number, by: number): void {
    const start = this.#spans.get(block)?.start ?? this.#length
    this.#length += by
    this.#spans.set(block, { start, end: this.#length })
  }

  of(block: number): { start: number; end: number } {
    return this.#spans.get(block) ?? { start: 0, end: this.#length }
  }
}
