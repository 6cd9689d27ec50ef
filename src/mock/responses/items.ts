import type { JsonObject } from '../../core/json.ts'
import type { Choice } from '../answer/answer.ts'
import { textOfTokens } from '../answer/tokens.ts'
import type { AnsweredCall } from '../answer/tool-calls.ts'
import type { Writing } from '../wire/frame.ts'

/** Finished output items of a response, in their order. Only for answers that end. */
export function outputItems(writing: Writing): JsonObject[] {
  const [choice] = writing.answer.choices
  if (choice === undefined) return []
  const items: JsonObject[] = []
  if (choice.reasoning.count > 0) items.push(reasoningItem(writing, choice))
  if (choice.text.count > 0) items.push(messageItem(writing, choice))
  for (const call of choice.calls) items.push(callItem(call, 'completed'))
  return items
}

export function reasoningItem(writing: Writing, choice: Choice): JsonObject {
  const summary = [{ type: 'summary_text', text: textOfTokens(choice.reasoning) }]
  return { ...openReasoningItem(writing), summary }
}

export function openReasoningItem(writing: Writing): JsonObject {
  const item: JsonObject = { id: `rs_mock${writing.answer.id}`, type: 'reasoning', summary: [] }
  const include = writing.ask.body['include']
  if (Array.isArray(include) && include.includes('reasoning.encrypted_content')) {
    item['encrypted_content'] = `bW9jayBlbmNyeXB0ZWQ${writing.answer.id}`
  }
  return item
}

export function messageItem(writing: Writing, choice: Choice): JsonObject {
  const content = [contentPart(choice, textOfTokens(choice.text))]
  return { ...openMessageItem(writing), status: 'completed', content }
}

export function openMessageItem({ answer }: Writing): JsonObject {
  return {
    id: `msg_mock${answer.id}`,
    type: 'message',
    status: 'in_progress',
    role: 'assistant',
    content: [],
  }
}

export function contentPart({ refused }: Choice, text: string): JsonObject {
  if (refused) return { type: 'refusal', refusal: text }
  return { type: 'output_text', annotations: [], logprobs: [], text }
}

export function callItem({ id, name, input }: AnsweredCall, status: string): JsonObject {
  return {
    id: `fc_${id}`,
    type: 'function_call',
    status,
    arguments: status === 'completed' ? input : '',
    call_id: `call_${id}`,
    name,
  }
}
