import type { Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ReplyContext } from '../dialect.ts'
import { customInputOf } from './custom-tools.ts'
import type { DeclaredTool } from './declared-tools.ts'
import { type SealedPlace, sealContent } from './sealed-content.ts'

/** How output items look, for whole replies and streams alike. */

type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** `msg_wb_…_0`: unique in the reply and the same whenever the reply is written again. */
export function itemId(prefix: string, context: ReplyContext, index: number): string {
  return `${prefix}_${context.id}_${index}`
}

export function messageItem(id: string, status: ItemStatus, content: JsonObject[]): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content }
}

export function textContent(text: string, annotations: JsonObject[]): JsonObject {
  return { type: 'output_text', text, annotations, logprobs: [] }
}

export function refusalContent(refusal: string): JsonObject {
  return { type: 'refusal', refusal }
}

/** A link rests on the text before it: no other dialect tells the exact place. */
export function urlCitation(url: string, title: string | null, textLength: number): JsonObject {
  return {
    type: 'url_citation',
    url,
    title: title ?? '',
    start_index: 0,
    end_index: textLength,
  }
}

export function reasoningItem(id: string, text: string, encrypted: string | null): JsonObject {
  return {
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    ...(encrypted === null ? {} : { encrypted_content: encrypted }),
  }
}

/**
 * A signature as `encrypted_content`: as it is where it is this dialect's own and its item keeps
 * the id it was made for, else sealed.
 */
export function encryptedContent(signature: Signature, place: SealedPlace, id: string): string {
  const own = signature.dialect === 'openai-responses' && signature.id === id
  return own && place.kind !== 'call' && place.kind !== 'text'
    ? signature.value
    : sealContent({ signature, place })
}

export interface ToolCall {
  readonly id: string
  readonly callId: string
  readonly tool: DeclaredTool
  /** JSON text. */
  readonly input: string
}

export function toolCallItem({ id, callId, tool, input }: ToolCall, status: ItemStatus) {
  const namespace = tool.namespace === null ? {} : { namespace: tool.namespace }
  const call: JsonObject = { call_id: callId, name: tool.name, ...namespace }
  return tool.custom
    ? { id, type: 'custom_tool_call', status, ...call, input: customInputOf(input) }
    : { id, type: 'function_call', status, ...call, arguments: input }
}

/** null where this dialect has no item for the file: it knows generated images only. */
export function imageItem(id: string, mediaType: string, base64: string): JsonObject | null {
  const [kind, format = 'png'] = mediaType.split('/')
  if (kind !== 'image') return null
  return {
    id,
    type: 'image_generation_call',
    status: 'completed',
    output_format: format,
    result: base64,
  }
}
