import type { Conversation, Translated } from '../../core/conversation.ts'
import { failed, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { noFindings, optionalBoolean, optionalNumber, optionalString } from './findings.ts'
import { parseMessages } from './parse-items.ts'
import { checkLimits } from './parse-limits.ts'
import {
  parseMetadata,
  parseOutputFormat,
  parseOutputLimit,
  parseReasoning,
} from './parse-settings.ts'
import { parseToolChoice, parseTools } from './parse-tools.ts'

/**
 * Reads a Responses request. Refused with retry `other` is what only a provider of this dialect can
 * do (stored state, tools it runs itself); with retry `never`, what is wrong in itself.
 */
export function parseRequest(body: JsonObject): Outcome<Translated<Conversation>> {
  const findings = noFindings()
  const number = (key: string) => optionalNumber(findings, body[key], key)
  const text = (key: string) => optionalString(findings, body[key], key)
  checkLimits(findings, body)
  const value: Conversation = {
    messages: parseMessages(findings, body),
    tools: parseTools(findings, body),
    toolChoice: parseToolChoice(findings, body),
    parallelToolCalls: optionalBoolean(
      findings,
      body['parallel_tool_calls'],
      'parallel_tool_calls',
    ),
    output: parseOutputFormat(findings, body),
    maxOutputTokens: parseOutputLimit(findings, body),
    temperature: number('temperature'),
    topP: number('top_p'),
    topK: null,
    stopSequences: [],
    seed: null,
    presencePenalty: number('presence_penalty'),
    frequencyPenalty: number('frequency_penalty'),
    reasoning: parseReasoning(findings, body),
    user: text('safety_identifier') ?? text('user'),
    metadata: parseMetadata(findings, body),
  }
  if (findings.failure !== null) return failed(findings.failure)
  return ok({ value, warnings: findings.warnings })
}
