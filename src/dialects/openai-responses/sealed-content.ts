import type { Signature } from '../../core/conversation.ts'
import { openSignature, sealSignature } from '../../core/signature.ts'

/**
 * The only room for a foreign signature in this dialect is the `encrypted_content` of a reasoning
 * item. What the signature belongs to is written beside it, because the item's place does not tell:
 * clients reorder items, and a stream learns the signature of a call after the call was written.
 */
export type SealedPlace =
  | { readonly kind: 'reasoning' }
  /** Reasoning whose text the provider hides. */
  | { readonly kind: 'redacted' }
  /** The text before the item. */
  | { readonly kind: 'text' }
  | { readonly kind: 'call'; readonly callId: string }

export interface SealedContent {
  readonly signature: Signature
  readonly place: SealedPlace
}

const MARK = '@'

export function sealContent({ signature, place }: SealedContent): string {
  const callId = place.kind === 'call' ? place.callId : ''
  const id = [MARK, place.kind, escaped(callId), escaped(signature.id ?? '')].join('/')
  return sealSignature({ ...signature, id })
}

/** null when the content is the provider's own. */
export function openContent(encrypted: string): SealedContent | null {
  const sealed = openSignature(encrypted)
  if (sealed === null) return null
  const [mark, kind, callId, id] = (sealed.id ?? '').split('/')
  if (mark !== MARK) return { signature: sealed, place: { kind: 'reasoning' } }
  const signature = { ...sealed, id: id === undefined || id === '' ? null : unescaped(id) }
  return { signature, place: placeOf(kind, unescaped(callId ?? '')) }
}

function placeOf(kind: string | undefined, callId: string): SealedPlace {
  if (kind === 'call') return { kind, callId }
  if (kind === 'text' || kind === 'redacted') return { kind }
  return { kind: 'reasoning' }
}

/** Call ids may hold colons and slashes (`functions.add:0`), which part the seal's fields. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('/', '%2F').replaceAll(':', '%3A')
}

function unescaped(text: string): string {
  return text.replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%25', '%')
}
