import { isObject, type JsonObject, parseJson } from '../../src/core/json.ts'
import type { Dialect } from '../../src/core/request.ts'
import type { Exchange } from './replay-corpus.ts'
import { saidByAnthropic } from './replay-recorded-anthropic.ts'
import { saidByChat } from './replay-recorded-chat.ts'
import { saidByGemini } from './replay-recorded-gemini.ts'
import { saidByResponses } from './replay-recorded-responses.ts'
import type { Said } from './replay-said.ts'

const readers: Readonly<Record<Dialect, (bodies: JsonObject[], streamed: boolean) => Said>> = {
  openai: saidByChat,
  'openai-responses': saidByResponses,
  anthropic: saidByAnthropic,
  gemini: saidByGemini,
}

/** What a recording says, picked out of it the plain way and without any code of the gateway. */
export function recordedReply({ dialect, reply, sse }: Exchange): Said {
  const bodies = sse === null ? [reply ?? {}] : chunksOf(sse)
  return readers[dialect](bodies, sse !== null)
}

/** The JSON objects of an event stream, in order. */
export function chunksOf(sse: string): JsonObject[] {
  return sse
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => parseJson(line.slice(5)))
    .filter(isObject)
}
