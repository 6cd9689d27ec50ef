import type { Signature } from '../../core/conversation.ts'
import { type JsonValue, stringAt } from '../../core/json.ts'
import { openContent } from './sealed-content.ts'

/** Signatures of tool calls by call id, read ahead: their items stand before or after the call. */
export function signaturesOfCalls(items: readonly JsonValue[]): Map<string, Signature> {
  const found = new Map<string, Signature>()
  for (const item of items) {
    if (stringAt(item, 'type') !== 'reasoning') continue
    const sealed = openContent(stringAt(item, 'encrypted_content') ?? '')
    if (sealed?.place.kind === 'call') found.set(sealed.place.callId, sealed.signature)
  }
  return found
}
