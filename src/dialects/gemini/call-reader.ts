import type { Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { field, listField, objectField, textField } from './fields.ts'
import { addPartialArgs, type PartialArgs, startPartialArgs } from './partial-args.ts'
import type { ReplyBlocks } from './reply-blocks.ts'
import { argsToInput } from './tool-input.ts'

/**
 * Reads `functionCall` parts: whole ones, and ones whose arguments come in pieces over several
 * parts.
 */
export interface CallReader {
  /** Calls seen so far. */
  readonly count: number
  read(
    call: JsonObject,
    signature: Signature | null,
    replyId: string | null,
    out: ReplyEvent[],
  ): void
  /** Ends a call that is still open, because something else begins or the reply is complete. */
  finish(out: ReplyEvent[]): void
}

interface OpenCall {
  readonly partial: PartialArgs
  signature: Signature | null
}

export function createCallReader(blocks: ReplyBlocks): CallReader {
  let count = 0
  let open: OpenCall | null = null

  const finish = (out: ReplyEvent[]) => {
    if (open === null) return
    blocks.endCall(argsToInput(open.partial.args), open.signature, out)
    open = null
  }

  return {
    get count() {
      return count
    },
    finish,
    read(call, signature, replyId, out) {
      const name = textField(call, 'name')
      const inPieces =
        field(call, 'willContinue') === true || listField(call, 'partialArgs').length > 0
      if (name === null && open !== null) {
        addPartialArgs(open.partial, call)
        open.signature ??= signature
        if (field(call, 'willContinue') !== true) finish(out)
        return
      }
      finish(out)
      if (name === null) return // the end mark of a call that has ended already
      count++
      blocks.startCall(textField(call, 'id') || callId(replyId, count), name, out)
      if (!inPieces) {
        blocks.endCall(argsToInput(field(call, 'args')), signature, out)
        return
      }
      open = { partial: startPartialArgs(objectField(call, 'args')), signature }
      addPartialArgs(open.partial, call)
      if (field(call, 'willContinue') !== true) finish(out)
    },
  }
}

/** Longer ids are refused by OpenAI (40 characters), odd ones by Anthropic. */
const usableReplyId = /^[\w-]{1,28}$/

/**
 * The id of a call that has none, the same each time the reply is read. The reply's own id is part
 * of it where it has a usable one: a conversation may hold many replies, and ids must differ among
 * them.
 */
function callId(replyId: string | null, count: number): string {
  return replyId !== null && usableReplyId.test(replyId)
    ? `call_${replyId}_${count}`
    : `call_${count}`
}
