import type { Conversation, Translated } from '../../core/conversation.ts'
import { failed, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { parseMessages } from './parse-messages.ts'
import { parseMetadata, parseOutput, parseReasoning, parseStop } from './parse-settings.ts'
import { parseTools } from './parse-tools.ts'
import { StrictReading } from './strict-reading.ts'
import { refuseUntranslatable, warnOfUnknown } from './untranslatable.ts'

/** Reads a chat request. Strict: wrong types are an invalid_request that names the field. */
export function parseRequest(body: JsonObject): Outcome<Translated<Conversation>> {
  const reading = new StrictReading()
  const number = (name: string) => reading.number(body, name, name)
  const limit = (name: string) => reading.positiveInteger(body, name, name)
  const text = (name: string) => reading.text(body, name, name)

  const conversation: Conversation = {
    messages: parseMessages(body, reading),
    ...parseTools(body, reading),
    parallelToolCalls: reading.boolean(body, 'parallel_tool_calls', 'parallel_tool_calls'),
    output: parseOutput(body, reading),
    maxOutputTokens: limit('max_completion_tokens') ?? limit('max_tokens'),
    temperature: number('temperature'),
    topP: number('top_p'),
    topK: limit('top_k'),
    stopSequences: parseStop(body, reading),
    seed: number('seed'),
    presencePenalty: number('presence_penalty'),
    frequencyPenalty: number('frequency_penalty'),
    reasoning: parseReasoning(body, reading),
    user: text('user') ?? text('safety_identifier'),
    metadata: parseMetadata(body, reading),
  }
  refuseUntranslatable(body, reading)
  warnOfUnknown(body, reading)
  if (reading.problem !== null) return failed(reading.problem)
  return ok({ value: conversation, warnings: reading.warnings })
}
