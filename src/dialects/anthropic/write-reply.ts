import type { JsonObject } from '../../core/json.ts'
import { noUsage, type Reply } from '../../core/reply.ts'
import type { ReplyContext } from '../dialect.ts'
import { writeStopReason } from './stop-reason.ts'
import { writeUsage } from './usage.ts'
import { blocksOfPart } from './write-blocks.ts'

/** A whole reply as a message. */
export function writeReply(reply: Reply, context: ReplyContext): JsonObject {
  const stopReason = writeStopReason(reply.finish, reply.stopSequence, {
    toolCalls: reply.parts.some((part) => part.type === 'tool-call'),
    refusal: reply.parts.some((part) => part.type === 'refusal'),
  })
  return {
    id: reply.id ?? context.id,
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: reply.parts.flatMap(blocksOfPart),
    stop_reason: stopReason,
    stop_sequence: stopReason === 'stop_sequence' ? reply.stopSequence : null,
    usage: writeUsage(reply.usage ?? noUsage),
  }
}
