import type { JsonObject } from '../../core/json.ts'
import type { ReasoningReplyPart, Reply, ReplyPart } from '../../core/reply.ts'
import { unsigned } from '../../core/signature.ts'
import type { ReplyContext } from '../dialect.ts'
import { type DeclaredTool, declaredTools } from './declared-tools.ts'
import {
  encryptedContent,
  imageItem,
  itemId,
  messageItem,
  reasoningItem,
  refusalContent,
  textContent,
  toolCallItem,
  urlCitation,
} from './write-items.ts'
import { endedResponse, openResponse, shownFinish, statusFor } from './write-response.ts'

/** A whole reply as a response object. */
export function writeReply(reply: Reply, context: ReplyContext): JsonObject {
  const output: JsonObject[] = []
  const toolOf = declaredTools(context.requestBody)
  let content: JsonObject[] | null = null
  for (const part of reply.parts) {
    const shown = contentOf(part)
    if (shown !== null) {
      if (content === null) {
        content = []
        output.push(messageItem(itemId('msg', context, output.length), 'completed', content))
      }
      content.push(shown)
    }
    const items = itemsOf(part, context, output.length, toolOf)
    if (items.length > 0) content = null
    output.push(...items)
  }
  const refused = reply.parts.some((part) => part.type === 'refusal')
  const finish = shownFinish(reply.finish, refused)
  const last = output.at(-1)
  const cuttable = last?.['type'] === 'message' || last?.['type'] === 'function_call'
  if (last !== undefined && cuttable) last['status'] = statusFor(finish)
  return endedResponse(openResponse(context, reply.id), { output, finish, usage: reply.usage })
}

/** Text and refusals are parts of a message; empty ones only carry a signature, if anything. */
function contentOf(part: ReplyPart): JsonObject | null {
  if (part.type === 'refusal') return refusalContent(part.text)
  if (part.type !== 'text' || part.text === '') return null
  const { text, citations } = part
  return textContent(
    text,
    citations.map(({ url, title }) => urlCitation(url, title, text.length)),
  )
}

/** The items of their own that a part needs, the first of which will stand at `index`. */
function itemsOf(
  part: ReplyPart,
  context: ReplyContext,
  index: number,
  toolOf: (carried: string) => DeclaredTool,
): JsonObject[] {
  const id = (prefix: string, at = index) => itemId(prefix, context, at)
  switch (part.type) {
    case 'text': {
      if (part.signature === null) return []
      const sealed = encryptedContent(part.signature, { kind: 'text' }, id('rs'))
      return [reasoningItem(id('rs'), '', sealed)]
    }
    case 'reasoning':
      return reasoningItems(part, id('rs'))
    case 'tool-call': {
      const before = part.signature === null ? 0 : 1
      const call = toolCallItem(
        {
          id: id('fc', index + before),
          callId: part.id,
          tool: toolOf(part.name),
          input: part.input,
        },
        'completed',
      )
      if (part.signature === null) return [call]
      const place = { kind: 'call', callId: part.id } as const
      return [reasoningItem(id('rs'), '', encryptedContent(part.signature, place, id('rs'))), call]
    }
    case 'file': {
      const image = imageItem(id('ig'), part.mediaType, part.base64)
      return image === null ? [] : [image]
    }
    default:
      return []
  }
}

function reasoningItems(part: ReasoningReplyPart, madeId: string): JsonObject[] {
  const { text } = part
  if (text === '' && part.signature === null) return []
  const signature = part.signature ?? unsigned
  const ownId = signature.dialect === 'openai-responses' ? signature.id : null
  const id = ownId ?? madeId
  const place = { kind: part.redacted ? 'redacted' : 'reasoning' } as const
  return [reasoningItem(id, text, encryptedContent(signature, place, id))]
}
