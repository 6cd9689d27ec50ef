import type { JsonObject } from '../../core/json.ts'
import type { FinishReason } from '../../core/reply.ts'
import type { Choice } from '../answer/answer.ts'
import { textOfTokens } from '../answer/tokens.ts'
import type { Writing } from '../wire/frame.ts'
import { chatUsage } from './usage.ts'

export function chatFinish(finish: FinishReason): string {
  switch (finish) {
    case 'length':
      return 'length'
    case 'tool-calls':
      return 'tool_calls'
    case 'content-filter':
      return 'content_filter'
    default:
      return 'stop'
  }
}

/** A whole Chat Completions reply. */
export function chatWhole(writing: Writing): JsonObject {
  const { ask, answer, createdS } = writing
  return {
    id: `chatcmpl-mock${answer.id}`,
    object: 'chat.completion',
    created: createdS,
    model: ask.model,
    choices: answer.choices.map((choice, index) => ({
      index,
      message: messageOf(choice),
      logprobs: null,
      finish_reason: chatFinish(choice.finish),
    })),
    usage: chatUsage(writing),
    service_tier: 'default',
    system_fingerprint: 'fp_mock',
  }
}

function messageOf(choice: Choice): JsonObject {
  const text = textOfTokens(choice.text)
  const message: JsonObject = {
    role: 'assistant',
    content: choice.refused || choice.calls.length > 0 ? null : text,
    refusal: choice.refused ? text : null,
  }
  if (choice.reasoning.count > 0) message['reasoning_content'] = textOfTokens(choice.reasoning)
  if (choice.calls.length > 0) {
    message['tool_calls'] = choice.calls.map(({ id, name, input }) => ({
      id: `call_${id}`,
      type: 'function',
      function: { name, arguments: input },
    }))
  }
  return message
}
