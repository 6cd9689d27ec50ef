import type { Signature } from '../../core/conversation.ts'
import { openSignature, sealSignature } from '../../core/signature.ts'
import { base64ToText, textToBase64 } from './base64.ts'

/** How the base64 of a sealed signature begins; Gemini's own begin otherwise. */
const SEALED = textToBase64('wb1')

/**
 * The value of `thoughtSignature`. The field is bytes to Google's clients, some of which decode and
 * encode it again, so a foreign signature travels as valid base64.
 */
export function writeSignature(signature: Signature): string {
  return signature.dialect === 'gemini' ? signature.value : textToBase64(sealSignature(signature))
}

/** Undoes `writeSignature`; anything else is Gemini's own and kept as it is. */
export function readSignature(value: string | null): Signature | null {
  if (value === null || value === '') return null
  const sealed = value.startsWith(SEALED) ? base64ToText(value) : null
  const foreign = sealed === null ? null : openSignature(sealed)
  return foreign ?? { dialect: 'gemini', value, id: null }
}
