import type { ReplyEvent, Usage } from '../../core/reply.ts'
import type { SoFar } from './so-far.ts'

type BlockEvent = Extract<ReplyEvent, { block: number }>

/**
 * Fits the events of a continuation to those of the reply it continues, so that together they are one
 * reply: one start, text that goes on in the block it broke off in, one end, one usage.
 */
export class StitchedEvents {
  readonly #soFar: SoFar
  /** The text block that is open, joined by the first one of the continuation. */
  readonly #openBlock: number | null
  /** Added to the numbers of all other blocks. */
  readonly #offset: number
  /** The continuation's block that goes on in the open one. */
  #joined: number | null = null
  /** White space the client has seen that the target was not given, and may write again. */
  #seen: string

  constructor(soFar: SoFar) {
    this.#soFar = soFar
    this.#openBlock = openTextBlock(soFar.events)
    this.#offset = 1 + soFar.events.reduce((most, event) => Math.max(most, blockOf(event)), -1)
    this.#seen = soFar.text.slice(soFar.text.trimEnd().length)
  }

  /** What one event of the continuation becomes; null when the client has no use for it. */
  fit(event: ReplyEvent): ReplyEvent | null {
    switch (event.type) {
      case 'reply-start':
      // It thinks again before it goes on, and a reply does not think in the middle of a sentence.
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return null
      case 'usage':
        return { type: 'usage', usage: this.usage(event.usage) }
      case 'reply-end':
      case 'reply-error':
      case 'untranslated':
        return event
      default:
        return this.#fitBlock(event)
    }
  }

  /**
   * Usage of the reply as one: the prompt as the client sent it, and everything that was written. What
   * the attempts are billed stands in the record, each on its own line.
   */
  usage(own: Usage): Usage {
    const { usage: before, outputTokensEstimate: written } = this.#soFar
    const told = before !== null && before.inputTokens > 0
    return {
      ...own,
      inputTokens: told ? before.inputTokens : Math.max(0, own.inputTokens - written),
      cachedInputTokens: told ? before.cachedInputTokens : own.cachedInputTokens,
      cacheWriteTokens: told ? before.cacheWriteTokens : own.cacheWriteTokens,
      outputTokens: written + own.outputTokens,
    }
  }

  #fitBlock(event: BlockEvent): ReplyEvent | null {
    if (event.type === 'text-start' && this.#joined === null && this.#openBlock !== null) {
      this.#joined = event.block
      return null
    }
    const joined = event.block === this.#joined && this.#openBlock !== null
    const block = joined ? this.#openBlock : event.block + this.#offset
    if (event.type !== 'text-delta' || this.#seen === '') return { ...event, block }
    const text = this.#withoutSeen(event.text)
    return text === '' ? null : { ...event, block, text }
  }

  /** Leaves out white space that is being written for the second time. */
  #withoutSeen(text: string): string {
    let same = 0
    while (same < text.length && same < this.#seen.length && text[same] === this.#seen[same]) same++
    this.#seen = same === text.length ? this.#seen.slice(same) : ''
    return text.slice(same)
  }
}

function blockOf(event: ReplyEvent): number {
  return 'block' in event ? event.block : -1
}

function openTextBlock(events: readonly ReplyEvent[]): number | null {
  let open: number | null = null
  for (const event of events) {
    if (event.type === 'text-start' || event.type === 'text-delta') open = event.block
    else if (event.type === 'text-end') open = null
  }
  return open
}
