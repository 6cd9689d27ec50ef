import { arrayAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { readCitation } from './citations.ts'
import { noSignature } from './signatures.ts'

/** Reads one content block, whether it comes at once or in pieces. */
export interface BlockReader {
  start(): ReplyEvent[]
  delta(delta: JsonObject): ReplyEvent[]
  stop(): ReplyEvent[]
}

/**
 * The reader of a block as `content_block_start` or a whole reply shows it. `block` is the number
 * its events carry; null for blocks that only Anthropic's own dialect can show.
 */
export function blockReader(wire: JsonObject, block: number): BlockReader | null {
  switch (stringAt(wire, 'type')) {
    case 'text':
      return textReader(wire, block)
    case 'thinking':
      return thinkingReader(wire, block)
    case 'redacted_thinking':
      return redactedReader(wire, block)
    case 'tool_use':
      return toolReader(wire, block)
    default:
      return null
  }
}

/** What a block that no other dialect can show is called in an `untranslated` event. */
export function describeBlock(wire: JsonObject): string {
  const type = stringAt(wire, 'type') ?? 'block without a type'
  const name = stringAt(wire, 'name')
  return name === null ? type : `${type} ${name}`
}

/** The type of a block whose start was lost, from the first delta that names it. */
export function blockTypeOf(delta: JsonObject): string | null {
  switch (stringAt(delta, 'type')) {
    case 'text_delta':
      return 'text'
    case 'thinking_delta':
      return 'thinking'
    default:
      return null
  }
}

function textReader(wire: JsonObject, block: number): BlockReader {
  const text = (value: string | null): ReplyEvent[] =>
    value === null || value === '' ? [] : [{ type: 'text-delta', block, text: value }]
  const citation = (value: JsonValue | undefined): ReplyEvent[] => {
    const link = readCitation(value)
    return link === null ? [] : [{ type: 'citation', block, ...link }]
  }
  return {
    start: () => [
      { type: 'text-start', block },
      ...text(stringAt(wire, 'text')),
      ...arrayAt(wire, 'citations').flatMap(citation),
    ],
    delta: (delta) => [...text(stringAt(delta, 'text')), ...citation(delta['citation'])],
    stop: () => [{ type: 'text-end', block, signature: null }],
  }
}

function thinkingReader(wire: JsonObject, block: number): BlockReader {
  let proof = stringAt(wire, 'signature') ?? ''
  const thinking = (value: string | null): ReplyEvent[] =>
    value === null || value === '' ? [] : [{ type: 'reasoning-delta', block, text: value }]
  return {
    start: () => [{ type: 'reasoning-start', block }, ...thinking(stringAt(wire, 'thinking'))],
    delta(delta) {
      proof = stringAt(delta, 'signature') ?? proof
      return thinking(stringAt(delta, 'thinking'))
    },
    stop: () => [reasoningEnd(block, proof, false)],
  }
}

function redactedReader(wire: JsonObject, block: number): BlockReader {
  return {
    start: () => [{ type: 'reasoning-start', block }],
    delta: () => [],
    stop: () => [reasoningEnd(block, stringAt(wire, 'data') ?? '', true)],
  }
}

function reasoningEnd(block: number, proof: string, redacted: boolean): ReplyEvent {
  const none = proof === '' || proof === noSignature
  const signature = none ? null : ({ dialect: 'anthropic', value: proof, id: null } as const)
  return { type: 'reasoning-end', block, signature, redacted }
}

/**
 * The start of a streamed call carries an empty input that the deltas fill; a whole reply, and some
 * compatible providers, have it all there. What the start holds counts only if no delta came.
 */
function toolReader(wire: JsonObject, block: number): BlockReader {
  let pieces = 0
  return {
    start: () => [
      {
        type: 'tool-call-start',
        block,
        id: stringAt(wire, 'id') ?? '',
        name: stringAt(wire, 'name') ?? '',
      },
    ],
    delta(delta) {
      const input = stringAt(delta, 'partial_json') ?? ''
      if (input === '') return []
      pieces += 1
      return [{ type: 'tool-call-delta', block, input }]
    },
    stop: () => [
      ...(pieces === 0 ? [wholeInput(wire['input'], block)] : []),
      { type: 'tool-call-end', block, signature: null },
    ],
  }
}

function wholeInput(input: JsonValue | undefined, block: number): ReplyEvent {
  const text = typeof input === 'string' && input !== '' ? input : JSON.stringify(asInput(input))
  return { type: 'tool-call-delta', block, input: text }
}

function asInput(input: JsonValue | undefined): JsonValue {
  return isObject(input) || Array.isArray(input) ? input : {}
}
