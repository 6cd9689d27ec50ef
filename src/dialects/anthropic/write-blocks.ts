import type { JsonObject } from '../../core/json.ts'
import type {
  ReasoningReplyPart,
  ReplyPart,
  TextReplyPart,
  ToolCallReplyPart,
} from '../../core/reply.ts'
import { writeCitation } from './citations.ts'
import { noSignature, writeCallSignature, writeSignature } from './signatures.ts'
import { toWireId } from './tool-ids.ts'
import { toolInput } from './tool-input.ts'

/** The content blocks of one part; none for an empty one, which clients may not send back. */
export function blocksOfPart(part: ReplyPart): JsonObject[] {
  switch (part.type) {
    case 'text':
      return textBlocks(part)
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'reasoning':
      return reasoningBlocks(part)
    case 'tool-call':
      return toolBlocks(part)
    // Messages have no form for a file that the model made.
    case 'file':
      return []
  }
}

function textBlocks(part: TextReplyPart): JsonObject[] {
  if (part.text === '') return []
  const citations = part.citations.map(writeCitation)
  return [{ type: 'text', text: part.text, ...(citations.length > 0 ? { citations } : {}) }]
}

function reasoningBlocks(part: ReasoningReplyPart): JsonObject[] {
  const signature = writeSignature(part.signature)
  if (isRedacted(part)) return [{ type: 'redacted_thinking', data: signature }]
  if (part.text === '' && signature === '') return []
  return [{ type: 'thinking', thinking: part.text, signature: signature || noSignature }]
}

/** Whether reasoning goes out as redacted_thinking, which shows no text. */
export function isRedacted(
  part: Pick<ReasoningReplyPart, 'text' | 'signature' | 'redacted'>,
): boolean {
  return part.redacted && part.text === '' && part.signature !== null
}

function toolBlocks(part: ToolCallReplyPart): JsonObject[] {
  const id = toWireId(part.id)
  const call = { type: 'tool_use', id, name: part.name, input: toolInput(part.input) }
  const signature = writeCallSignature(part.signature, id)
  return signature === '' ? [call] : [{ type: 'thinking', thinking: '', signature }, call]
}
