import { failure } from '../../core/failure.ts'
import {
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import type { Frame, StreamReader } from '../dialect.ts'
import { failureIn } from './failure-in-body.ts'
import { type BlockReader, blockReader, blockTypeOf, describeBlock } from './read-block.ts'
import { readStopReason } from './stop-reason.ts'
import { type UsageReader, usageReader } from './usage.ts'

interface StreamState {
  readonly usage: UsageReader
  /** Blocks that are open, by their index on the wire. */
  readonly open: Map<number, BlockReader>
  /** Blocks shown so far; the ones only Anthropic can show are not counted. */
  blocks: number
  /** The index a delta without one means. */
  latestIndex: number
  stopReason: string | null
  stopSequence: string | null
  over: boolean
}

/**
 * Reads a streamed message. Usage is given at the start already and again with each change, so that
 * a reply cut short is not counted as free; each replaces the one before.
 */
export function streamReader(): StreamReader {
  const state: StreamState = {
    usage: usageReader(),
    open: new Map(),
    blocks: 0,
    latestIndex: 0,
    stopReason: null,
    stopSequence: null,
    over: false,
  }
  return {
    read: (frame) => (state.over ? [] : readFrame(state, frame)),
    end: () => (state.over ? [] : endOfBytes(state)),
    isTerminal,
    get finished() {
      return state.stopReason !== null
    },
  }
}

function readFrame(state: StreamState, frame: Frame): ReplyEvent[] {
  if (frame.event === 'ping' || frame.data.trim() === '' || frame.data === '[DONE]') return []
  const data = parseJson(frame.data)
  if (!isObject(data)) {
    state.over = true
    const message = 'The provider sent an event in its stream that cannot be read.'
    return [{ type: 'reply-error', failure: failure('malformed_reply', message) }]
  }
  switch (stringAt(data, 'type') ?? frame.event) {
    case 'message_start':
      return messageStart(state, objectAt(data, 'message') ?? {})
    case 'content_block_start':
      return blockStart(state, data)
    case 'content_block_delta':
      return blockDelta(state, data)
    case 'content_block_stop':
      return closeBlock(state, indexOf(state, data))
    case 'message_delta':
      return messageDelta(state, data)
    case 'message_stop':
      return endOfMessage(state)
    default:
      return otherEvent(state, data)
  }
}

function messageStart(state: StreamState, message: JsonObject): ReplyEvent[] {
  return [
    { type: 'reply-start', id: stringAt(message, 'id'), model: stringAt(message, 'model') },
    ...usageEvents(state, message),
  ]
}

function blockStart(state: StreamState, data: JsonObject): ReplyEvent[] {
  const index = numberAt(data, 'index') ?? state.latestIndex + 1
  const wire = objectAt(data, 'content_block') ?? {}
  return [...closeBlock(state, index), ...openBlock(state, index, wire)]
}

function openBlock(state: StreamState, index: number, wire: JsonObject): ReplyEvent[] {
  state.latestIndex = index
  const reader = blockReader(wire, state.blocks)
  if (reader === null) return [{ type: 'untranslated', what: describeBlock(wire) }]
  state.blocks += 1
  state.open.set(index, reader)
  return reader.start()
}

function blockDelta(state: StreamState, data: JsonObject): ReplyEvent[] {
  const index = indexOf(state, data)
  const delta = objectAt(data, 'delta') ?? {}
  const open = state.open.get(index)
  if (open !== undefined) return open.delta(delta)
  const type = blockTypeOf(delta)
  if (type === null) return []
  const opened = openBlock(state, index, { type })
  return [...opened, ...(state.open.get(index)?.delta(delta) ?? [])]
}

function closeBlock(state: StreamState, index: number): ReplyEvent[] {
  const open = state.open.get(index)
  state.open.delete(index)
  return open?.stop() ?? []
}

function messageDelta(state: StreamState, data: JsonObject): ReplyEvent[] {
  const delta = objectAt(data, 'delta')
  state.stopReason = stringAt(delta ?? {}, 'stop_reason') ?? state.stopReason
  state.stopSequence = stringAt(delta ?? {}, 'stop_sequence') ?? state.stopSequence
  return usageEvents(state, data)
}

/** Any event with an error in it is one, whatever it is called; the rest is not known yet. */
function otherEvent(state: StreamState, data: JsonObject): ReplyEvent[] {
  const found = failureIn(data)
  if (found === null) return []
  state.over = true
  return [{ type: 'reply-error', failure: found }]
}

function usageEvents(state: StreamState, owner: JsonObject): ReplyEvent[] {
  const usage = state.usage.see(owner['usage']) ? state.usage.total() : null
  return usage === null ? [] : [{ type: 'usage', usage }]
}

function endOfMessage(state: StreamState): ReplyEvent[] {
  state.over = true
  const closed = [...state.open.keys()].flatMap((index) => closeBlock(state, index))
  const finish = readStopReason(state.stopReason)
  return [...closed, { type: 'reply-end', finish, stopSequence: state.stopSequence }]
}

/** Some compatible providers leave out `message_stop`; a stop reason says as much. */
function endOfBytes(state: StreamState): ReplyEvent[] {
  if (state.stopReason !== null) return endOfMessage(state)
  state.over = true
  const closed = [...state.open.keys()].flatMap((index) => closeBlock(state, index))
  const message = 'The provider ended its stream before the message was complete.'
  return [...closed, { type: 'reply-error', failure: failure('truncated', message) }]
}

function indexOf(state: StreamState, data: JsonObject): number {
  return numberAt(data, 'index') ?? state.latestIndex
}

function isTerminal(frame: Frame): boolean {
  if (frame.event !== null) return frame.event === 'message_stop'
  if (!frame.data.includes('message_stop')) return false
  return stringAt(parseJson(frame.data), 'type') === 'message_stop'
}
