import type { Signature } from '../../core/conversation.ts'
import { openSignature, proofIn, sealSignature, unsigned } from '../../core/signature.ts'

/** The one opaque string a thinking block has room for; empty when there is nothing to prove. */
export function writeSignature(signature: Signature | null): string {
  if (signature === null) return ''
  return signature.dialect === 'anthropic' ? signature.value : sealSignature(signature)
}

/** What thinking shows where it has no signature: Anthropic would refuse it without one. */
export const noSignature = sealSignature(unsigned)

/** A signature as a client gives it back: another provider's, sealed, or Anthropic's own. */
export function readSignature(value: string | null): Signature | null {
  if (value === null || value === '') return null
  const sealed = openSignature(value)
  return sealed === null ? { dialect: 'anthropic', value, id: null } : proofIn(sealed)
}

/**
 * A `tool_use` block has no room for the signature of another dialect's tool call, so it travels in
 * an empty thinking block beside it: sealed, and sealed once more under the id of its call, because
 * the signature may have an id of its own. Empty where there is none; Anthropic signs no calls.
 */
export function writeCallSignature(signature: Signature | null, wireId: string): string {
  if (signature === null || signature.dialect === 'anthropic') return ''
  return sealSignature({ ...signature, id: wireId, value: sealSignature(signature) })
}

/** The signature of a call, and the wire id of the call it names; null for any other signature. */
export function readCallSignature(
  value: string | null,
): { readonly wireId: string; readonly signature: Signature } | null {
  const outer = value === null ? null : openSignature(value)
  const signature = outer === null ? null : openSignature(outer.value)
  if (outer === null || outer.id === null || signature === null) return null
  return { wireId: outer.id, signature }
}
