import type { JsonObject } from '../../core/json.ts'
import type { Reply, ReplyPart } from '../../core/reply.ts'
import { writeDataUrl } from '../data-url.ts'
import type { ReplyContext } from '../dialect.ts'
import { writeFinish } from './finish-reason.ts'
import { writeGoogleSignature } from './google-signature.ts'
import { hiddenDetail, textDetail } from './reasoning-details.ts'
import { customInput, type ToolCallStyle, toolCallStyle } from './tool-call-style.ts'
import { writeUsage } from './usage.ts'

/** A `chat.completion` that strict SDKs accept. */
export function writeReply(reply: Reply, context: ReplyContext): JsonObject {
  const style = toolCallStyle(context.requestBody)
  const seen = {
    toolCalls: reply.parts.some((part) => part.type === 'tool-call'),
    refusal: reply.parts.some((part) => part.type === 'refusal' && part.text !== ''),
  }
  const finish = writeFinish(reply.finish, seen)
  return {
    id: reply.id ?? context.id,
    object: 'chat.completion',
    created: context.createdS,
    model: context.model,
    choices: [
      {
        index: 0,
        message: messageOf(reply.parts, style),
        logprobs: null,
        finish_reason: finish === 'tool_calls' && style.legacy ? 'function_call' : finish,
      },
    ],
    ...(reply.usage !== null && { usage: writeUsage(reply.usage) }),
  }
}

function messageOf(parts: readonly ReplyPart[], style: ToolCallStyle): JsonObject {
  const texts = parts.filter((part) => part.type === 'text')
  const refusals = parts.filter((part) => part.type === 'refusal')
  const calls = parts.filter((part) => part.type === 'tool-call')
  const signature = texts.findLast((part) => part.signature !== null)?.signature
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.map((part) => part.text).join(''),
    refusal: refusals.length === 0 ? null : refusals.map((part) => part.text).join(''),
    ...reasoningMembers(parts),
    ...annotations(parts),
    ...images(parts),
    ...(calls.length > 0 && toolCalls(calls, style)),
    ...writeGoogleSignature(signature),
  }
}

type CallPart = Extract<ReplyPart, { type: 'tool-call' }>

function toolCalls(calls: readonly CallPart[], style: ToolCallStyle): JsonObject {
  const [first] = calls
  if (style.legacy && first !== undefined) {
    return { function_call: { name: first.name, arguments: first.input } }
  }
  return {
    tool_calls: calls.map((call) => ({
      id: call.id,
      ...(style.custom.has(call.name)
        ? { type: 'custom', custom: { name: call.name, input: customInput(call.input) } }
        : { type: 'function', function: { name: call.name, arguments: call.input } }),
      ...writeGoogleSignature(call.signature),
    })),
  }
}

function reasoningMembers(parts: readonly ReplyPart[]): JsonObject {
  const reasoning = parts.filter((part) => part.type === 'reasoning')
  const text = reasoning.map((part) => part.text).join('')
  // All or none: entries without a signature keep the order and the text of those between signed
  // ones.
  const signed = reasoning.some((part) => part.signature !== null)
  const details = (signed ? reasoning : []).map((part, index) =>
    part.redacted && part.signature !== null
      ? hiddenDetail(index, part.signature)
      : textDetail(part.text, index, part.signature),
  )
  return {
    ...(text !== '' && { reasoning_content: text }),
    ...(details.length > 0 && { reasoning_details: details }),
  }
}

/** Where in a text a link belongs is not known beyond its block, so it marks the whole block. */
function annotations(parts: readonly ReplyPart[]): JsonObject {
  const found: JsonObject[] = []
  let start = 0
  for (const part of parts) {
    if (part.type !== 'text') continue
    const end = start + part.text.length
    for (const { url, title } of part.citations) found.push(annotation(url, title, start, end))
    start = end
  }
  return found.length === 0 ? {} : { annotations: found }
}

export function annotation(
  url: string,
  title: string | null,
  start: number,
  end: number,
): JsonObject {
  return {
    type: 'url_citation',
    url_citation: { url, title: title ?? url, start_index: start, end_index: end },
  }
}

function images(parts: readonly ReplyPart[]): JsonObject {
  const files = parts.filter((part) => part.type === 'file')
  if (files.length === 0) return {}
  return { images: files.map((file, index) => image(file.mediaType, file.base64, index)) }
}

/** A file the model made, as OpenRouter shows it: OpenAI has no place for one. */
export function image(mediaType: string, base64: string, index: number): JsonObject {
  return { type: 'image_url', image_url: { url: writeDataUrl(mediaType, base64) }, index }
}
