import type { Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { writeSignature } from './signature.ts'
import { inputToArgs } from './tool-input.ts'

/** Parts of a `Content`, the same in replies and in requests. */

function signed(signature: Signature | null | undefined): JsonObject {
  return signature ? { thoughtSignature: writeSignature(signature) } : {}
}

export function textPart(text: string, signature?: Signature | null): JsonObject {
  return { text, ...signed(signature) }
}

/** Reasoning; hidden reasoning has no `text`, which is how it is told from an empty summary. */
export function thoughtPart(
  text: string,
  signature: Signature | null,
  redacted: boolean,
): JsonObject {
  return { ...(!redacted && { text }), thought: true, ...signed(signature) }
}

export function functionCallPart(
  call: { readonly id: string; readonly name: string; readonly input: string },
  signature: Signature | null | undefined,
): JsonObject {
  const { id, name, input } = call
  return { functionCall: { id, name, args: inputToArgs(input) }, ...signed(signature) }
}

export function inlineDataPart(mimeType: string, data: string): JsonObject {
  return { inlineData: { mimeType, data } }
}
