import type { Signature } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { objectAt, stringAt } from '../../core/json.ts'
import { openSignature, sealSignature } from '../../core/signature.ts'

/**
 * The thought signature at `extra_content.google.thought_signature`: where Google's own OpenAI
 * endpoint puts it, on tool calls and messages. A plain one is Gemini's, whoever passed it on.
 */
export function readGoogleSignature(holder: JsonValue | undefined): Signature | null {
  const google = objectAt(objectAt(holder, 'extra_content') ?? undefined, 'google')
  const value = stringAt(google ?? undefined, 'thought_signature')
  if (value === null || value === '') return null
  return openSignature(value) ?? { dialect: 'gemini', value, id: null }
}

/** The member to spread into a message or tool call; empty without a signature. */
export function writeGoogleSignature(signature: Signature | null | undefined): JsonObject {
  if (signature === null || signature === undefined) return {}
  const plain = signature.dialect === 'gemini' && signature.id === null
  const value = plain ? signature.value : sealSignature(signature)
  return { extra_content: { google: { thought_signature: value } } }
}
