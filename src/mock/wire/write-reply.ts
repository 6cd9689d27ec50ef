import type { JsonObject } from '../../core/json.ts'
import type { Dialect } from '../../core/request.ts'
import { answerTo } from '../answer/answer.ts'
import { inputTokensOf } from '../answer/usage.ts'
import { anthropicWhole } from '../anthropic/message.ts'
import { anthropicStream } from '../anthropic/message-stream.ts'
import type { Behaviour } from '../behaviour/behaviour.ts'
import { geminiWhole } from '../gemini/content.ts'
import { geminiStream } from '../gemini/content-stream.ts'
import { geminiEmbedding, geminiEmbeddings } from '../gemini/embeddings.ts'
import { chatStream } from '../openai/chat-stream.ts'
import { chatWhole } from '../openai/chat-whole.ts'
import { completionStream, completionWhole } from '../openai/completion.ts'
import { embeddingsReply } from '../openai/embeddings.ts'
import { moderationReply, rerankReply } from '../openai/judgements.ts'
import { imagesReply, speechReply, transcriptionReply } from '../openai/media.ts'
import type { Ask } from '../request/ask.ts'
import { responsesWhole } from '../responses/response.ts'
import { responsesStream } from '../responses/response-stream.ts'
import type { ReplyFrame, Writing } from './frame.ts'
import { modelEntry, modelList } from './models.ts'
import type { ReplyBody } from './reply.ts'
import { jsonBody } from './reply.ts'

interface ChatWriter {
  whole(writing: Writing): JsonObject
  stream(writing: Writing): Iterable<ReplyFrame>
}

const chatWriters: Readonly<Record<Dialect, ChatWriter>> = {
  openai: { whole: chatWhole, stream: chatStream },
  'openai-responses': { whole: responsesWhole, stream: responsesStream },
  anthropic: { whole: anthropicWhole, stream: anthropicStream },
  gemini: { whole: geminiWhole, stream: geminiStream },
}
const completions: ChatWriter = { whole: completionWhole, stream: completionStream }

/** Circumstances of a reply that are neither in the request nor in the behaviour. */
export interface Circumstances {
  /** Seed of the mock, for behaviours that set none. */
  readonly seed: number
  readonly nowMs: number
  /** Seconds since the epoch, for `created` fields. */
  readonly createdS: number
  /** Models to list. */
  readonly models: readonly string[]
}

/** The body a healthy provider answers with. */
export function writeReply(ask: Ask, behaviour: Behaviour, around: Circumstances): ReplyBody {
  const { createdS } = around
  switch (ask.operation) {
    case 'chat':
      return chatBody(chatWriters[ask.dialect], ask, behaviour, around)
    case 'completion':
      return chatBody(completions, ask, behaviour, around)
    case 'embedding':
      return jsonBody(
        ask.dialect === 'gemini' ? geminiEmbedding(ask) : embeddingsReply(ask, behaviour),
      )
    case 'batch-embedding':
      return jsonBody(geminiEmbeddings(ask))
    case 'count-tokens':
      return jsonBody(tokenCount(ask, behaviour))
    case 'image':
      return jsonBody(imagesReply(ask, createdS))
    case 'speech':
      return { kind: 'whole', contentType: 'audio/mpeg', bytes: speechReply(ask), tokens: 0 }
    case 'transcription':
      return jsonBody(transcriptionReply())
    case 'moderation':
      return jsonBody(moderationReply(ask))
    case 'rerank':
      return jsonBody(rerankReply(ask))
    case 'models':
      return jsonBody(modelList(ask.dialect, around.models, createdS))
    case 'model':
      return jsonBody(modelEntry(ask.dialect, ask.model, createdS))
  }
}

function chatBody(
  writer: ChatWriter,
  ask: Ask,
  behaviour: Behaviour,
  { seed, createdS }: Circumstances,
): ReplyBody {
  const answer = answerTo(ask, behaviour, seed)
  const writing = { ask, answer, behaviour, createdS }
  if (ask.streaming === null) return jsonBody(writer.whole(writing), answer.usage.outputTokens)
  const crlf = ask.dialect === 'gemini' || behaviour.trouble.faults.has('crlf')
  const pings = ask.dialect === 'anthropic'
  return { kind: 'stream', framing: ask.streaming, crlf, pings, frames: writer.stream(writing) }
}

function tokenCount(ask: Ask, behaviour: Behaviour): JsonObject {
  const tokens = behaviour.inputTokens ?? inputTokensOf(ask)
  switch (ask.dialect) {
    case 'gemini':
      return {
        totalTokens: tokens,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }],
      }
    case 'openai-responses':
      return { object: 'response.input_tokens', input_tokens: tokens }
    default:
      return { input_tokens: tokens }
  }
}
