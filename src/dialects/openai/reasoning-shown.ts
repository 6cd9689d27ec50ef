import type { Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { hiddenDetail, textDetail } from './reasoning-details.ts'

/**
 * Reasoning as it is streamed: as `reasoning_content`, and once more, whole and with its signature, in
 * an entry of `reasoning_details` at its end. Not in pieces: SDKs that add a stream up keep only the
 * last of what they do not know, and would send a signature back with a piece of its text.
 */
export class ReasoningShown {
  readonly #texts = new Map<number, string>()
  #index = 0

  add(block: number, text: string): JsonObject {
    this.#texts.set(block, (this.#texts.get(block) ?? '') + text)
    return { reasoning_content: text }
  }

  end(block: number, signature: Signature | null, redacted: boolean): JsonObject | null {
    const text = this.#texts.get(block) ?? ''
    this.#texts.delete(block)
    const index = this.#index++
    if (text === '' && signature === null) return null
    const hidden = redacted && signature !== null
    const detail = hidden ? hiddenDetail(index, signature) : textDetail(text, index, signature)
    return { reasoning_details: [detail] }
  }
}
