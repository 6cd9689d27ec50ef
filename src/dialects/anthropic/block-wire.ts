import type { JsonObject } from '../../core/json.ts'
import { sseEvent } from '../sse.ts'

/** Wire text of the events of content blocks; `index` counts blocks from 0 without gaps. */

export function blockStart(index: number, block: JsonObject): string {
  return blockEvent({ type: 'content_block_start', index, content_block: block })
}

export function blockDelta(index: number, delta: JsonObject): string {
  return blockEvent({ type: 'content_block_delta', index, delta })
}

export function blockStop(index: number): string {
  return blockEvent({ type: 'content_block_stop', index })
}

/** A thinking block as it begins: clients expect the deltas to fill both fields. */
export function thinkingStart(index: number): string {
  return blockStart(index, { type: 'thinking', thinking: '', signature: '' })
}

export function signatureDelta(index: number, signature: string): string {
  return signature === '' ? '' : blockDelta(index, { type: 'signature_delta', signature })
}

function blockEvent(event: { type: string } & JsonObject): string {
  return sseEvent(event.type, JSON.stringify(event))
}
