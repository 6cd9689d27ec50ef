import type { Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { hiddenDetail, textDetail } from './reasoning-details.ts'

/**
 * * Reasoning as it is streamed: as `reasoning_content` for most clients, and once more as pieces
 * of an entry in `reasoning_details`, which the signature completes at the end.
 */
export class ReasoningShown {
  #index = 0

  add(text: string): JsonObject {
    return { reasoning_content: text, reasoning_details: [textDetail(text, this.#index, null)] }
  }

  end(signature: Signature | null, redacted: boolean): JsonObject | null {
    const index = this.#index++
    if (signature === null) return null
    const detail = redacted ? hiddenDetail(index, signature) : textDetail('', index, signature)
    return { reasoning_details: [detail] }
  }
}
