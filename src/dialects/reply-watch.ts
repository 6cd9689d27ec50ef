import type { Failure } from '../core/failure.ts'
import type { FinishReason, ReplyEvent, Usage } from '../core/reply.ts'
import type { ReplyPipe, ReplyState, ReplyTally } from './reply-pipe.ts'

/** Characters of text per token where nothing better is known; English prose sits near it. */
const charactersPerToken = 4
/**
 * Deltas as short as this on average are a token each, as most providers send them. Counting those is
 * far closer than counting characters, above all in code and in languages other than English.
 */
const charactersOfOneToken = 8

/** Follows a reply's events: where it stands, what it used, how it ended. */
export class ReplyWatch {
  state: ReplyState = 'waiting'
  failure: Failure | null = null
  #usage: Usage | null = null
  #finish: FinishReason | null = null
  #characters = 0
  #deltas = 0
  /** Characters of deltas that were not read, as far as they are known. */
  #skipped = 0
  /** Bytes of a delta event around its text, learned from one that was read. */
  #envelope = 0

  /** Takes the events of one frame; `dataLength` is the length of the frame's data, 0 if unknown. */
  see(events: readonly ReplyEvent[], dataLength = 0): void {
    for (const event of events) {
      switch (event.type) {
        case 'usage':
          this.#usage = event.usage
          break
        case 'reply-end':
          this.#finish = event.finish
          if (this.state !== 'failed') this.state = 'ended'
          break
        case 'reply-error':
          this.fail(event.failure)
          break
        default: {
          const characters = outputCharacters(event)
          if (characters < 0) break
          if (this.state === 'waiting') this.state = 'output'
          if (!this.#repeatsSkipped(characters)) this.#add(characters)
          if (dataLength > characters && characters > 0) this.#envelope = dataLength - characters
        }
      }
    }
  }

  /** A delta that was not read: its text is what it is longer than its envelope. */
  skip(dataLength: number): void {
    const characters = Math.max(1, dataLength - this.#envelope)
    this.#add(characters)
    this.#skipped += characters
  }

  #add(characters: number): void {
    this.#characters += characters
    if (characters > 0) this.#deltas += 1
  }

  /** Some dialects give a block's whole text again at its end, which must not count twice. */
  #repeatsSkipped(characters: number): boolean {
    if (characters < 50 || characters * 2 < this.#skipped || this.#skipped === 0) return false
    this.#skipped = 0
    return true
  }

  fail(failure: Failure): void {
    if (this.state === 'ended') return
    this.state = 'failed'
    this.failure ??= failure
  }

  count(usage: Usage | null): void {
    if (usage !== null) this.#usage = usage
  }

  tally(): ReplyTally {
    return {
      usage: this.#usage,
      finish: this.#finish,
      outputTokensEstimate: this.#tokens(),
    }
  }

  #tokens(): number {
    const single = this.#characters <= this.#deltas * charactersOfOneToken
    return single ? this.#deltas : Math.ceil(this.#characters / charactersPerToken)
  }
}

/** Characters of real output in an event; -1 for one that shows nothing (a role, an opened block). */
function outputCharacters(event: ReplyEvent): number {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return event.text.length > 0 ? event.text.length : -1
    case 'tool-call-start':
      return event.name.length
    case 'tool-call-delta':
      return event.input.length > 0 ? event.input.length : -1
    case 'file':
      return 0
    case 'untranslated':
      return 0
    default:
      return -1
  }
}

/** The part of a pipe that its watch answers. */
export function stateOf(watch: ReplyWatch): Omit<ReplyPipe, 'push' | 'end'> {
  return {
    state: () => watch.state,
    failure: () => watch.failure,
    failureShown: () => false,
    finished: () => false,
    tally: () => watch.tally(),
  }
}
