import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { createCallReader } from './call-reader.ts'
import type { Citation } from './citations.ts'
import { field, objectField, textField } from './fields.ts'
import { createReplyBlocks, type ReplyBlocks } from './reply-blocks.ts'
import { readSignature } from './signature.ts'

/** Reads the parts of a candidate, over all chunks of a reply. Events are appended to `out`. */
export interface PartReader {
  /** `replyId` goes into the ids of calls that have none. */
  readAll(
    parts: readonly JsonValue[],
    citations: readonly Citation[],
    replyId: string | null,
    out: ReplyEvent[],
  ): void
  /** Ends what is open. */
  close(out: ReplyEvent[]): void
  readonly calledTools: boolean
}

export function createPartReader(): PartReader {
  const blocks = createReplyBlocks()
  const calls = createCallReader(blocks)

  const read = (part: JsonValue, replyId: string | null, out: ReplyEvent[]) => {
    const call = objectField(part, 'functionCall')
    if (call !== null) {
      calls.read(call, readSignature(textField(part, 'thoughtSignature')), replyId, out)
    } else if (!isSilent(part)) {
      calls.finish(out)
      readOther(part, blocks, out)
    }
  }

  return {
    readAll(parts, citations, replyId, out) {
      // The links belong to the text, which a tool call in the same chunk would close.
      const lastText = parts.findLastIndex((part) => isText(part) && !isSilent(part))
      for (const [index, part] of parts.entries()) {
        read(part, replyId, out)
        if (index === lastText) blocks.cite(citations, out)
      }
      if (lastText < 0) blocks.cite(citations, out)
    },
    close(out) {
      calls.finish(out)
      blocks.close(out)
    },
    get calledTools() {
      return calls.count > 0
    },
  }
}

function isText(part: JsonValue): boolean {
  return textField(part, 'text') !== null && field(part, 'thought') !== true
}

/** Empty text without a signature, which streams are full of. */
function isSilent(part: JsonValue): boolean {
  return textField(part, 'text') === '' && textField(part, 'thoughtSignature') === null
}

function readOther(part: JsonValue, blocks: ReplyBlocks, out: ReplyEvent[]): void {
  const inline = objectField(part, 'inlineData')
  if (inline !== null) {
    const mediaType = textField(inline, 'mimeType') ?? 'application/octet-stream'
    blocks.file(mediaType, textField(inline, 'data') ?? '', out)
    return
  }
  const foreign = isObject(part) ? foreignPart(part) : null
  if (foreign !== null) {
    out.push({ type: 'untranslated', what: foreign })
    return
  }
  const text = textField(part, 'text')
  const kind = field(part, 'thought') === true ? 'reasoning' : 'text'
  blocks.prose(
    {
      kind,
      text: text ?? '',
      signature: readSignature(textField(part, 'thoughtSignature')),
      redacted: kind === 'reasoning' && text === null,
    },
    out,
  )
}

/**
 * The name of a part only Gemini has (executableCode, toolCall …); null for text and signatures.
 */
function foreignPart(part: JsonObject): string | null {
  if (textField(part, 'text') !== null) return null
  return Object.keys(part).find((name) => isObject(part[name])) ?? null
}
