import type { AssistantPart, Signature, ToolCallPart } from '../../core/conversation.ts'
import { type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'
import {
  type Notes,
  objectsOf,
  optionalString,
  refuse,
  requiredObject,
  requiredString,
  warn,
} from './notes.ts'
import { cacheOf } from './parse-blocks.ts'
import { readCallSignature, readSignature } from './signatures.ts'
import { fromWireId } from './tool-ids.ts'
import { toolInputText } from './tool-input.ts'

/** A turn of the model, given back by the client. */
export function parseAssistantContent(
  notes: Notes,
  content: JsonValue | undefined,
  path: string,
): AssistantPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  const blocks = objectsOf(notes, content, path)
  const proofs = toolSignatures(blocks.map(({ item }) => item))
  return blocks.flatMap(({ item, path: itemPath }) => {
    if (proofs.carriers.has(item)) return []
    return parseBlock(notes, item, itemPath, proofs.byCall.get(item) ?? null)
  })
}

function parseBlock(
  notes: Notes,
  block: JsonObject,
  path: string,
  toolSignature: Signature | null,
): AssistantPart[] {
  const type = requiredString(notes, block, 'type', path)
  switch (type) {
    case 'text':
      return [{ type, text: requiredString(notes, block, 'text', path), ...cacheOf(block) }]
    case 'thinking': {
      const text = requiredString(notes, block, 'thinking', path)
      const signature = readSignature(optionalString(notes, block, 'signature', path))
      return [{ type: 'reasoning', text, signature, redacted: false }]
    }
    case 'redacted_thinking': {
      const signature = readSignature(requiredString(notes, block, 'data', path))
      return [{ type: 'reasoning', text: '', signature, redacted: true }]
    }
    case 'tool_use':
      return [parseToolUse(notes, block, path, toolSignature)]
    case 'image':
    case 'document':
    case 'tool_result':
      refuse(notes, `${path}.type`, `${type} has no place in an assistant message.`)
      return []
    default:
      warn(notes, `${type} in the history was left out: only Anthropic can read it.`)
      return []
  }
}

function parseToolUse(
  notes: Notes,
  block: JsonObject,
  path: string,
  signature: Signature | null,
): ToolCallPart {
  return {
    type: 'tool-call',
    id: fromWireId(requiredString(notes, block, 'id', path)),
    name: requiredString(notes, block, 'name', path),
    input: toolInputText(requiredObject(notes, block, 'input', path)),
    signature,
    ...cacheOf(block),
  }
}

interface ToolSignatures {
  /** Thinking blocks that hold nothing but the signature of a tool call. */
  readonly carriers: ReadonlySet<JsonObject>
  readonly byCall: ReadonlyMap<JsonObject, Signature>
}

/**
 * Finds the signatures of tool calls again, see `writeCallSignature`; one whose call is gone proves
 * nothing. A plain Gemini signature in an empty thinking block belongs to the call right behind it.
 */
function toolSignatures(blocks: readonly JsonObject[]): ToolSignatures {
  const carriers = new Set<JsonObject>()
  const byCall = new Map<JsonObject, Signature>()
  blocks.forEach((block, index) => {
    if (block['type'] !== 'thinking' || block['thinking'] !== '') return
    const value = stringAt(block, 'signature')
    const named = readCallSignature(value)
    if (named !== null) {
      carriers.add(block)
      const call = blocks.find(({ type, id }) => type === 'tool_use' && id === named.wireId)
      if (call !== undefined) byCall.set(call, named.signature)
      return
    }
    const plain = readSignature(value)
    const next = blocks[index + 1]
    if (plain?.dialect !== 'gemini' || next?.['type'] !== 'tool_use') return
    carriers.add(block)
    byCall.set(next, plain)
  })
  return { carriers, byCall }
}
