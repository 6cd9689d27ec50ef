import { isObject, type JsonObject, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import type { Citations } from './citations.ts'
import type { BlockKind, OpenBlock, OpenBlocks } from './open-blocks.ts'

/** What is known of a reply while its parts are read. */
export interface Reading {
  readonly blocks: OpenBlocks
  readonly citations: Citations
  /** Calls of tools that the provider runs itself; their input is nobody's business here. */
  readonly hiddenCalls: Set<string>
  /** The model asked the client to run a tool. */
  calledTools: boolean
}

/** Events of a part that carries content. */
export function readContentPart(reading: Reading, type: string, part: JsonObject): ReplyEvent[] {
  switch (type) {
    case 'text-start':
      return announce(reading, 'text', part)
    case 'text-delta':
      return readDelta(reading, 'text', part)
    case 'text-end':
      return readEnd(reading, 'text', part)
    case 'reasoning-start':
      return announce(reading, 'reasoning', part)
    case 'reasoning-delta':
      return readDelta(reading, 'reasoning', part)
    case 'reasoning-end':
      return readEnd(reading, 'reasoning', part)
    case 'tool-input-start':
      return readToolInputStart(reading, part)
    case 'tool-input-delta':
      return readToolInputDelta(reading, part)
    case 'tool-input-end':
      noteMetadata(reading.blocks.find('tool', idOf(part)), part)
      return []
    case 'tool-call':
      return readToolCall(reading, part)
    case 'file':
      return readFile(reading, part)
    default:
      return [{ type: 'untranslated', what: `a part of type ${type}` }]
  }
}

/** Citation events for the sources read so far, if a text block is open for them. */
export function citeNow({ blocks, citations }: Reading): ReplyEvent[] {
  const block = blocks.openText()
  return block === null ? [] : citations.under(block)
}

function announce({ blocks }: Reading, kind: BlockKind, part: JsonObject): ReplyEvent[] {
  const stale = blocks.find(kind, idOf(part))
  const closed = stale === undefined ? [] : blocks.close(stale)
  noteMetadata(blocks.open(kind, idOf(part)), part)
  return closed
}

function readDelta(reading: Reading, kind: 'text' | 'reasoning', part: JsonObject): ReplyEvent[] {
  const { blocks } = reading
  const id = idOf(part)
  // Bedrock announces some reasoning as text: until a block shows something it may be either.
  const open = blocks.find(kind, id) ?? blocks.findSilent(id) ?? blocks.open(kind, id)
  if (open.block === null) open.kind = kind
  noteMetadata(open, part)
  const text = stringAt(part, 'delta') ?? ''
  if (text === '') return []
  const { block, events } = blocks.show(open)
  const cited = kind === 'text' ? citeNow(reading) : []
  return [...events, { type: `${kind}-delta`, block, text }, ...cited]
}

function readEnd(reading: Reading, kind: 'text' | 'reasoning', part: JsonObject): ReplyEvent[] {
  const { blocks, citations } = reading
  const other = kind === 'text' ? 'reasoning' : 'text'
  const open = blocks.find(kind, idOf(part)) ?? blocks.find(other, idOf(part))
  if (open === undefined) return []
  noteMetadata(open, part)
  citations.addCited(part)
  if (open.kind !== 'text' || open.block === null) return blocks.close(open)
  open.ending = true
  return citeNow(reading)
}

function readToolInputStart(reading: Reading, part: JsonObject): ReplyEvent[] {
  if (part['providerExecuted'] === true) reading.hiddenCalls.add(idOf(part))
  // Input in text encoding is not JSON while it streams: such a call is given whole at its end.
  const later = reading.hiddenCalls.has(idOf(part)) || part['inputEncoding'] === 'text'
  if (later) return []
  const closed = announce(reading, 'tool', part)
  const open = reading.blocks.find('tool', idOf(part))
  if (open === undefined) return closed
  return [...closed, ...reading.blocks.show(open, stringAt(part, 'toolName') ?? '').events]
}

function readToolInputDelta({ blocks }: Reading, part: JsonObject): ReplyEvent[] {
  const open = blocks.find('tool', idOf(part))
  const input = stringAt(part, 'delta') ?? ''
  if (open === undefined || open.block === null || input === '') return []
  open.input += input
  return [{ type: 'tool-call-delta', block: open.block, input }]
}

function readToolCall(reading: Reading, part: JsonObject): ReplyEvent[] {
  const { blocks } = reading
  const id = stringAt(part, 'toolCallId') ?? ''
  const name = stringAt(part, 'toolName') ?? ''
  if (part['providerExecuted'] === true || reading.hiddenCalls.has(id)) {
    return [{ type: 'untranslated', what: `a call of ${name}, which the provider ran itself` }]
  }
  reading.calledTools = true
  const open = blocks.find('tool', id) ?? blocks.open('tool', id)
  noteMetadata(open, part)
  const { block, events } = blocks.show(open, name)
  const input = missingInput(part['input'], open.input)
  open.input += input
  const rest: ReplyEvent[] = input === '' ? [] : [{ type: 'tool-call-delta', block, input }]
  return [...events, ...rest, ...blocks.close(open)]
}

/** What the complete input of a tool call adds to the pieces that were streamed. */
function missingInput(input: unknown, streamed: string): string {
  const complete = typeof input === 'string' ? input : JSON.stringify(input ?? {})
  // Some packages write the input anew (Cohere's): what was streamed is the same in other spacing.
  return complete.startsWith(streamed) ? complete.slice(streamed.length) : ''
}

function readFile({ blocks }: Reading, part: JsonObject): ReplyEvent[] {
  const base64 = base64Of(part['data'])
  if (base64 === null) return [{ type: 'untranslated', what: 'a file given as an address' }]
  const mediaType = stringAt(part, 'mediaType') ?? 'application/octet-stream'
  return [{ type: 'file', block: blocks.next(), mediaType, base64 }]
}

/** v4 tags what a file holds; v2 and v3 give the bytes or the base64 itself. */
function base64Of(content: unknown): string | null {
  const data: unknown = isObject(content) && 'type' in content ? content['data'] : content
  if (data instanceof Uint8Array) return Buffer.from(data).toString('base64')
  return typeof data === 'string' ? data : null
}

function idOf(part: JsonObject): string {
  return stringAt(part, 'id') ?? ''
}

function noteMetadata(open: OpenBlock | undefined, part: JsonObject): void {
  const metadata = part['providerMetadata']
  if (open !== undefined && isObject(metadata)) open.metadata = metadata
}
