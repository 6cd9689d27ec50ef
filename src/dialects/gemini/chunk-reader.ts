import { failure } from '../../core/failure.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { FinishReason, ReplyEvent } from '../../core/reply.ts'
import { readCitations } from './citations.ts'
import { classifyErrorBody } from './classify-failure.ts'
import { field, listField, numberField, textField } from './fields.ts'
import { readFinishReason } from './finish.ts'
import { createPartReader } from './part-reader.ts'
import { blockedPrompt } from './prompt-feedback.ts'
import { readUsage } from './usage.ts'

/**
 * Reads `GenerateContentResponse` objects: the chunks of a stream, or one that is the whole reply.
 */
export interface ChunkReader {
  read(chunk: JsonValue): ReplyEvent[]
  /** Closes what is open and ends the reply, with the finish reason seen or `implied`. */
  finish(implied: FinishReason | null): ReplyEvent[]
  readonly sawFinish: boolean
  readonly sawOutput: boolean
  /** An error ended the reply: nothing more is read. */
  readonly failed: boolean
}

export function createChunkReader(): ChunkReader {
  const parts = createPartReader()
  const header = createHeaderReader()
  let failed = false
  let sawOutput = false
  let finishReason: FinishReason | null = null

  const readCandidate = (candidate: JsonObject, out: ReplyEvent[]) => {
    const before = out.length
    const content = listField(field(candidate, 'content'), 'parts')
    parts.readAll(content, readCitations(candidate), header.replyId, out)
    sawOutput ||= out.length > before
    // The last one counts: older models say STOP in each chunk, and then RECITATION.
    finishReason = readFinishReason(field(candidate, 'finishReason')) ?? finishReason
  }
  const readBlock = (chunk: JsonObject, out: ReplyEvent[]) => {
    const blocked = blockedPrompt(chunk)
    if (blocked === null) return
    if (sawOutput) {
      finishReason = 'content-filter'
      return
    }
    failed = true
    out.push({ type: 'reply-error', failure: blocked })
  }

  return {
    read(chunk) {
      if (failed || !isObject(chunk)) return []
      const error = field(chunk, 'error')
      if (error !== undefined) {
        failed = true
        return [{ type: 'reply-error', failure: classifyErrorBody(error) }]
      }
      const out = header.read(chunk)
      const candidate = firstCandidate(chunk)
      if (candidate !== null) readCandidate(candidate, out)
      else readBlock(chunk, out)
      return out
    },
    finish(implied) {
      const reason = finishReason ?? implied
      if (reason === null) {
        failed = true
        return [{ type: 'reply-error', failure: truncated() }]
      }
      const out: ReplyEvent[] = []
      parts.close(out)
      const finish = reason === 'stop' && parts.calledTools ? 'tool-calls' : reason
      out.push({ type: 'reply-end', finish, stopSequence: null })
      return out
    },
    get sawFinish() {
      return finishReason !== null
    },
    get sawOutput() {
      return sawOutput
    },
    get failed() {
      return failed
    },
  }
}

/** What stands in each chunk beside the candidates: the reply's id and model, and usage so far. */
function createHeaderReader() {
  let started = false
  let replyId: string | null = null
  let counted = ''
  return {
    read(chunk: JsonObject): ReplyEvent[] {
      const out: ReplyEvent[] = []
      replyId ??= textField(chunk, 'responseId')
      if (!started) {
        started = true
        const model = textField(chunk, 'modelVersion')?.replace(/^models\//, '') ?? null
        out.push({ type: 'reply-start', id: replyId, model })
      }
      const usage = readUsage(field(chunk, 'usageMetadata'))
      const figures = JSON.stringify(usage)
      if (usage !== null && figures !== counted) {
        counted = figures
        out.push({ type: 'usage', usage })
      }
      return out
    },
    get replyId() {
      return replyId
    },
  }
}

/**
 * Clients of other dialects asked for one reply; chunks of further candidates carry their index.
 */
function firstCandidate(chunk: JsonObject): JsonObject | null {
  const first = listField(chunk, 'candidates').find(
    (candidate) => (numberField(candidate, 'index') ?? 0) === 0,
  )
  return isObject(first) ? first : null
}

function truncated() {
  return failure('truncated', 'The provider ended the stream before the reply was complete.')
}
