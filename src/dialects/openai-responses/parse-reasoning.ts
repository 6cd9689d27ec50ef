import type { AssistantPart, Signature } from '../../core/conversation.ts'
import { type JsonObject, stringAt } from '../../core/json.ts'
import { proofIn } from '../../core/signature.ts'
import { type Findings, warn } from './findings.ts'
import { reasoningText } from './reasoning-text.ts'
import { openContent } from './sealed-content.ts'

/**
 * Adds what a reasoning item of the history holds to its assistant turn (opened only if needed):
 * the reasoning itself, or the signature of the text before it.
 */
export function parseReasoningItem(
  findings: Findings,
  item: JsonObject,
  path: string,
  turn: () => AssistantPart[],
): void {
  const text = reasoningText(item)
  const encrypted = stringAt(item, 'encrypted_content') ?? ''
  const sealed = openContent(encrypted)
  if (sealed?.place.kind === 'call') return
  if (sealed?.place.kind === 'text') {
    signText(turn(), sealed.signature)
    return
  }
  const redacted = sealed?.place.kind === 'redacted' || (sealed === null && text === '')
  const signature = sealed === null ? ownSignature(item, encrypted) : proofIn(sealed.signature)
  if (text !== '' || signature !== null) {
    turn().push({ type: 'reasoning', text, signature, redacted })
  } else {
    warn(findings, `"${path}" holds no reasoning that another provider could read; left out.`)
  }
}

/** The provider's own proof, which it accepts only together with the id of its item. */
export function ownSignature(item: JsonObject, encrypted: string): Signature | null {
  if (encrypted === '') return null
  return { dialect: 'openai-responses', value: encrypted, id: stringAt(item, 'id') }
}

function signText(parts: AssistantPart[], signature: Signature): void {
  const at = parts.findLastIndex((part) => part.type === 'text')
  const part = parts[at]
  if (part?.type === 'text' && (part.signature ?? null) === null) {
    parts[at] = { ...part, signature }
  } else {
    parts.push({ type: 'text', text: '', signature })
  }
}
