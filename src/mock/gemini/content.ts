import type { JsonObject, JsonValue } from '../../core/json.ts'
import { parseJson } from '../../core/json.ts'
import type { FinishReason } from '../../core/reply.ts'
import type { Choice } from '../answer/answer.ts'
import { textOfTokens } from '../answer/tokens.ts'
import type { AnsweredCall } from '../answer/tool-calls.ts'
import type { Writing } from '../wire/frame.ts'
import { spoilUsage } from '../wire/spoil-usage.ts'

export function geminiFinish(finish: FinishReason): string {
  switch (finish) {
    case 'length':
      return 'MAX_TOKENS'
    case 'content-filter':
      return 'SAFETY'
    default:
      return 'STOP'
  }
}

/** `promptTokenCount` includes cached tokens, `candidatesTokenCount` leaves out thoughts. */
export function geminiUsage(writing: Writing, outputTokens: number): JsonValue | undefined {
  const { inputTokens, cachedInputTokens, reasoningTokens } = writing.answer.usage
  const usage: JsonObject = {
    promptTokenCount: inputTokens,
    candidatesTokenCount: Math.max(0, outputTokens - reasoningTokens),
    totalTokenCount: inputTokens + outputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
  }
  if (cachedInputTokens > 0) usage['cachedContentTokenCount'] = cachedInputTokens
  if (reasoningTokens > 0) usage['thoughtsTokenCount'] = Math.min(reasoningTokens, outputTokens)
  return spoilUsage(usage, writing.behaviour.trouble.usage)
}

export function callPart({ id, name, input }: AnsweredCall, signature: string | null): JsonObject {
  const part: JsonObject = { functionCall: { name, args: parseJson(input), id } }
  if (signature !== null) part['thoughtSignature'] = signature
  return part
}

/** Proof of the thoughts before it, on the text or the first call; clients must give it back. */
export function thoughtSignature({ answer }: Writing, choice: Choice): string | null {
  return choice.reasoning.count > 0 ? `bW9jayB0aG91Z2h0${answer.id}` : null
}

/** A whole generateContent reply. */
export function geminiWhole(writing: Writing): JsonObject {
  const { ask, answer } = writing
  return {
    candidates: answer.choices.map((choice, index) => ({
      content: { parts: partsOf(writing, choice), role: 'model' },
      finishReason: geminiFinish(choice.finish),
      index,
    })),
    usageMetadata: geminiUsage(writing, answer.usage.outputTokens),
    modelVersion: ask.model,
    responseId: `mock${answer.id}`,
  }
}

function partsOf(writing: Writing, choice: Choice): JsonObject[] {
  const parts: JsonObject[] = []
  const signature = thoughtSignature(writing, choice)
  if (choice.reasoning.count > 0) {
    parts.push({ text: textOfTokens(choice.reasoning), thought: true })
  }
  if (choice.text.count > 0) {
    const part: JsonObject = { text: textOfTokens(choice.text) }
    if (signature !== null) part['thoughtSignature'] = signature
    parts.push(part)
  }
  for (const [index, call] of choice.calls.entries()) {
    parts.push(callPart(call, index === 0 ? signature : null))
  }
  return parts
}
