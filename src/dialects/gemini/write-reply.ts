import type { JsonObject } from '../../core/json.ts'
import type { Reply, ReplyPart } from '../../core/reply.ts'
import type { ReplyContext } from '../dialect.ts'
import { writeCitations } from './citations.ts'
import { finishWords } from './finish.ts'
import { writeUsage } from './usage.ts'
import { functionCallPart, inlineDataPart, textPart, thoughtPart } from './write-parts.ts'

/** A whole reply as a `GenerateContentResponse`. */
export function writeReply(reply: Reply, context: ReplyContext): JsonObject {
  const parts = reply.parts.map(writePart)
  const citations = reply.parts.flatMap((part) => (part.type === 'text' ? part.citations : []))
  return {
    candidates: [
      {
        // Clients read `content.parts` unasked, and take a reply without parts out of their
        // history.
        content: { parts: parts.length > 0 ? parts : [textPart('')], role: 'model' },
        finishReason: finishWords[reply.finish],
        index: 0,
        ...(citations.length > 0 && { groundingMetadata: writeCitations(citations) }),
      },
    ],
    ...(reply.usage !== null && { usageMetadata: writeUsage(reply.usage) }),
    modelVersion: context.model,
    responseId: reply.id ?? context.id,
  }
}

function writePart(part: ReplyPart): JsonObject {
  switch (part.type) {
    case 'text':
      return textPart(part.text, part.signature)
    case 'reasoning':
      return thoughtPart(part.text, part.signature, part.redacted)
    case 'refusal':
      return textPart(part.text)
    case 'tool-call':
      return functionCallPart(part, part.signature)
    case 'file':
      return inlineDataPart(part.mediaType, part.base64)
  }
}
