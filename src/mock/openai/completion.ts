import type { JsonObject } from '../../core/json.ts'
import { textOfTokens } from '../answer/tokens.ts'
import { utterances } from '../answer/utterances.ts'
import type { ReplyFrame, Writing } from '../wire/frame.ts'
import { chatFinish } from './chat-whole.ts'
import { chatUsage } from './usage.ts'

/** A whole reply of the old Completions API. */
export function completionWhole(writing: Writing): JsonObject {
  const { ask, answer, createdS } = writing
  return {
    id: `cmpl-mock${answer.id}`,
    object: 'text_completion',
    created: createdS,
    model: ask.model,
    choices: answer.choices.map((choice, index) => ({
      text: textOfTokens(choice.text),
      index,
      logprobs: null,
      finish_reason: chatFinish(choice.finish),
    })),
    usage: chatUsage(writing),
  }
}

export function* completionStream(writing: Writing): Generator<ReplyFrame> {
  const { ask, answer, createdS } = writing
  const base = { id: `cmpl-mock${answer.id}`, object: 'text_completion', created: createdS }
  const chunk = (choices: JsonObject[], more: JsonObject = {}) =>
    JSON.stringify({ ...base, choices, model: ask.model, ...more })
  const choice = (index: number, text: string, finish: string | null) =>
    chunk([{ text, index, logprobs: null, finish_reason: finish }])

  let tokens = 0
  for (const step of utterances(answer, false)) {
    if (step.kind !== 'text' && step.kind !== 'refusal') continue
    tokens++
    yield { part: 'output', event: null, data: choice(step.choice, step.delta, null), tokens }
  }
  for (const [index, { finish }] of answer.choices.entries()) {
    yield { part: 'finish', event: null, data: choice(index, '', chatFinish(finish)), tokens }
  }
  if (ask.includeUsage) {
    const data = chunk([], { usage: chatUsage(writing) })
    yield { part: 'usage', event: null, data, tokens }
  }
  yield { part: 'terminal', event: null, data: '[DONE]', tokens }
}
