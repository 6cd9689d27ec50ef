/** Something begun, whose lesson waits until it is its turn. */
export interface Turn<Lesson> {
  /** null: not yet, or it has none. */
  lesson: Lesson | null
  ended: boolean
  /** Nothing waits for it any more. */
  passed: boolean
}

/** One that hangs is passed when so many times those under way wait behind it. */
const patience = 16
const mostTurns = 1_024

/**
 * Lessons in the order in which what teaches them began. Short replies end first: whoever learns from
 * each as it ends believes for the length of a long one that all are short, and lets too many in.
 */
export class InOrder<Lesson> {
  readonly #teach: (lesson: Lesson) => void
  #turns: Turn<Lesson>[] = []
  #first = 0
  #open = 0

  constructor(teach: (lesson: Lesson) => void) {
    this.#teach = teach
  }

  /** Nothing waits, nothing is waited for. */
  get empty(): boolean {
    return this.#first === this.#turns.length
  }

  begin(): Turn<Lesson> {
    const turn: Turn<Lesson> = { lesson: null, ended: false, passed: false }
    this.#turns.push(turn)
    this.#open++
    if (this.#turns.length - this.#first > mostTurns) this.#pass()
    return turn
  }

  /** A second end of the same is none. */
  end(turn: Turn<Lesson>, lesson: Lesson | null): void {
    if (turn.ended) return
    turn.ended = true
    if (turn.passed) {
      if (lesson !== null) this.#teach(lesson)
      return
    }
    turn.lesson = lesson
    this.#open--
    while (this.#mayPass()) this.#pass()
  }

  #mayPass(): boolean {
    const head = this.#turns[this.#first]
    if (head === undefined) return false
    const waiting = this.#turns.length - this.#first - this.#open
    return head.ended || waiting > patience * this.#open
  }

  #pass(): void {
    const head = this.#turns[this.#first]
    if (head === undefined) return
    this.#first++
    head.passed = true
    if (!head.ended) this.#open--
    else if (head.lesson !== null) this.#teach(head.lesson)
    if (this.#first * 2 > this.#turns.length) {
      this.#turns = this.#turns.slice(this.#first)
      this.#first = 0
    }
  }
}
