import type { Signature } from '../../core/conversation.ts'
import { unsigned } from '../../core/signature.ts'
import type { SealedPlace } from './sealed-content.ts'
import type { OpenItem, StreamWire } from './stream-wire.ts'
import { encryptedContent, reasoningItem } from './write-items.ts'

/** Writes one reasoning block as an item with one summary part. */
export interface ReasoningWriter {
  delta(text: string): void
  end(signature: Signature | null, redacted: boolean): void
}

export function reasoningWriter(wire: StreamWire): ReasoningWriter {
  let item: OpenItem | null = null
  let text = ''
  const place = ({ id, index }: OpenItem) => ({
    item_id: id,
    output_index: index,
    summary_index: 0,
  })
  const part = () => ({ type: 'summary_text', text })
  return {
    delta(piece) {
      if (item === null) {
        item = wire.add('rs', (id) => reasoningItem(id, '', null))
        wire.event('response.reasoning_summary_part.added', { ...place(item), part: part() })
      }
      text += piece
      wire.event('response.reasoning_summary_text.delta', { ...place(item), delta: piece })
    },
    end(signature, redacted) {
      const kind = redacted ? 'redacted' : 'reasoning'
      if (item === null) {
        if (signature !== null) writeSignature(wire, signature, { kind })
        return
      }
      wire.event('response.reasoning_summary_text.done', { ...place(item), text })
      wire.event('response.reasoning_summary_part.done', { ...place(item), part: part() })
      const encrypted = encryptedContent(signature ?? unsigned, { kind }, item.id)
      wire.finish(item, reasoningItem(item.id, text, encrypted))
    },
  }
}

/** A reasoning item that shows nothing and carries a signature, its own or another block's. */
export function writeSignature(wire: StreamWire, signature: Signature, place: SealedPlace): void {
  const item = wire.add('rs', (id) => reasoningItem(id, '', null))
  wire.finish(item, reasoningItem(item.id, '', encryptedContent(signature, place, item.id)))
}
