import type { Signature } from '../../core/conversation.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { blockDelta, blockStart, blockStop, signatureDelta, thinkingStart } from './block-wire.ts'
import { type Link, writeCitation } from './citations.ts'
import { noSignature, writeCallSignature, writeSignature } from './signatures.ts'
import type { ReplyContents } from './stop-reason.ts'
import { toWireId } from './tool-ids.ts'
import { isRedacted } from './write-blocks.ts'

type BlockEvent = Extract<ReplyEvent, { block: number }>
type ToolCallStart = Extract<ReplyEvent, { type: 'tool-call-start' }>
type ReasoningEnd = Extract<ReplyEvent, { type: 'reasoning-end' }>

export interface BlockWriter {
  write(event: BlockEvent): string
  /** Closes what is open. Nothing may be written afterwards. */
  end(): string
  contents(): ReplyContents
}

/** The block that is being written. */
type Live =
  | { readonly kind: 'text' | 'thinking'; readonly block: number }
  | {
      readonly kind: 'tool'
      readonly block: number
      readonly call: ToolCallStart
      /** False while it is held back, see `toolDelta`. */
      shown: boolean
      /** The piece of input held back with it. */
      held: string
    }

interface State {
  /** Wire index of the block being written, or of the next one. */
  index: number
  live: Live | null
  /** Events of blocks that began while a tool call was being written, in order of their start. */
  readonly waiting: Map<number, BlockEvent[]>
  toolCalls: boolean
  refusal: boolean
}

/**
 * Writes blocks strictly one after the other, as Anthropic does: its SDKs take each delta for the
 * latest block. Providers that open the next block before they end the last one are put in order: a
 * text or thinking block ends where another begins, a tool call makes the others wait, because its
 * input cannot be continued in a second block.
 */
export function blockWriter(): BlockWriter {
  const state: State = {
    index: 0,
    live: null,
    waiting: new Map(),
    toolCalls: false,
    refusal: false,
  }
  return {
    write(event) {
      if (state.live?.kind !== 'tool' || state.live.block === event.block) {
        return apply(state, event) + releaseWaiting(state)
      }
      const queue = state.waiting.get(event.block)
      if (queue === undefined) state.waiting.set(event.block, [event])
      else queue.push(event)
      return ''
    },
    end() {
      let wire = close(state)
      while (state.waiting.size > 0) wire += releaseWaiting(state) + close(state)
      return wire
    },
    contents: () => ({ toolCalls: state.toolCalls, refusal: state.refusal }),
  }
}

function releaseWaiting(state: State): string {
  let wire = ''
  for (const [block, events] of state.waiting) {
    if (state.live?.kind === 'tool') break
    state.waiting.delete(block)
    for (const event of events) wire += apply(state, event)
  }
  return wire
}

function apply(state: State, event: BlockEvent): string {
  switch (event.type) {
    case 'refusal-delta':
      state.refusal = true
      return piece(state, 'text', event.block, event.text)
    case 'text-delta':
      return piece(state, 'text', event.block, event.text)
    case 'reasoning-delta':
      return piece(state, 'thinking', event.block, event.text)
    case 'citation':
      return citation(state, event.block, event)
    case 'text-end':
      return state.live?.block === event.block ? close(state) : ''
    case 'reasoning-end':
      return reasoningEnd(state, event)
    case 'tool-call-start':
      return toolStart(state, event)
    case 'tool-call-delta':
      return toolDelta(state, event.block, event.input)
    case 'tool-call-end':
      return toolEnd(state, event.block, event.signature)
    // A block is opened by its first piece: an empty one could not be sent back by the client.
    // Files that the model made have no form here.
    case 'text-start':
    case 'reasoning-start':
    case 'file':
      return ''
  }
}

function piece(state: State, kind: 'text' | 'thinking', block: number, text: string): string {
  if (text === '') return ''
  const isOpen = state.live?.kind === kind && state.live.block === block
  const opened = isOpen ? '' : open(state, kind, block)
  const delta =
    kind === 'text' ? { type: 'text_delta', text } : { type: 'thinking_delta', thinking: text }
  return opened + blockDelta(state.index, delta)
}

function open(state: State, kind: 'text' | 'thinking', block: number): string {
  const closed = close(state)
  state.live = { kind, block }
  const start =
    kind === 'text'
      ? blockStart(state.index, { type: 'text', text: '' })
      : thinkingStart(state.index)
  return closed + start
}

function close(state: State, signature = noSignature): string {
  const { live } = state
  if (live === null) return ''
  const shown = live.kind === 'tool' ? showTool(state, live) : ''
  const signed = live.kind === 'thinking' ? signatureDelta(state.index, signature) : ''
  const stopped = blockStop(state.index)
  state.live = null
  state.index += 1
  return shown + signed + stopped
}

function citation(state: State, block: number, link: Link): string {
  if (state.live?.kind !== 'text' || state.live.block !== block) return ''
  return blockDelta(state.index, { type: 'citations_delta', citation: writeCitation(link) })
}

/** A signature whose block shows no text, or was closed already, gets a block of its own. */
function reasoningEnd(state: State, event: ReasoningEnd): string {
  const signature = writeSignature(event.signature)
  if (state.live?.kind === 'thinking' && state.live.block === event.block) {
    return close(state, signature || noSignature)
  }
  if (signature === '') return ''
  if (!isRedacted({ ...event, text: '' })) return close(state) + signatureBlock(state, signature)
  const before = close(state)
  const data = blockStart(state.index, { type: 'redacted_thinking', data: signature })
  const wire = before + data + blockStop(state.index)
  state.index += 1
  return wire
}

function signatureBlock(state: State, signature: string): string {
  const { index } = state
  state.index += 1
  return thinkingStart(index) + signatureDelta(index, signature) + blockStop(index)
}

function toolStart(state: State, call: ToolCallStart): string {
  const closed = close(state)
  state.toolCalls = true
  state.live = { kind: 'tool', block: call.block, call, shown: false, held: '' }
  return closed
}

/**
 * A call is held back until its second piece: a call that comes at once (Gemini) may end with a
 * signature, which has to stand before it, while one that comes in pieces must not be delayed.
 */
function toolDelta(state: State, block: number, input: string): string {
  const { live } = state
  if (live?.kind !== 'tool' || live.block !== block || input === '') return ''
  if (!live.shown && live.held === '') {
    live.held = input
    return ''
  }
  return showTool(state, live) + inputDelta(state.index, input)
}

function toolEnd(state: State, block: number, signature: Signature | null): string {
  const { live } = state
  if (live?.kind !== 'tool' || live.block !== block) return ''
  const sealed = writeCallSignature(signature, toWireId(live.call.id))
  if (sealed === '') return close(state)
  if (live.shown) return close(state) + signatureBlock(state, sealed)
  return signatureBlock(state, sealed) + close(state)
}

function showTool(state: State, live: Extract<Live, { kind: 'tool' }>): string {
  if (live.shown) return ''
  live.shown = true
  const { id, name } = live.call
  const start = { type: 'tool_use', id: toWireId(id), name, input: {} }
  return blockStart(state.index, start) + inputDelta(state.index, live.held)
}

function inputDelta(index: number, input: string): string {
  if (input === '') return ''
  return blockDelta(index, { type: 'input_json_delta', partial_json: input })
}
