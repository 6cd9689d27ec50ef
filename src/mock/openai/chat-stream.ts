import type { Utterance } from '../answer/utterances.ts'
import { utterances } from '../answer/utterances.ts'
import type { ReplyFrame, Writing } from '../wire/frame.ts'
import { chatFinish } from './chat-whole.ts'
import { chatUsage } from './usage.ts'

/** A streamed Chat Completions reply, chunk by chunk. */
export function* chatStream(writing: Writing): Generator<ReplyFrame> {
  const { ask, answer, behaviour, createdS } = writing
  const envelope =
    `{"id":"chatcmpl-mock${answer.id}","object":"chat.completion.chunk","created":${createdS},` +
    `"model":${JSON.stringify(ask.model)},"service_tier":"default",` +
    '"system_fingerprint":"fp_mock","choices":['
  const closing = ask.includeUsage ? '],"usage":null}' : ']}'
  const chunk = (choice: number, delta: string, finish: string) =>
    `${envelope}{"index":${choice},"delta":${delta},"logprobs":null,` +
    `"finish_reason":${finish}}${closing}`

  let tokens = 0
  for (const index of answer.choices.keys()) {
    const data = chunk(index, '{"role":"assistant","content":"","refusal":null}', 'null')
    yield { part: 'preamble', event: null, data, tokens }
  }
  for (const step of utterances(answer, behaviour.trouble.faults.has('tools-shuffled'))) {
    const delta = deltaOf(step)
    if (delta === null) continue
    tokens++
    yield { part: 'output', event: null, data: chunk(step.choice, delta, 'null'), tokens }
  }
  for (const [index, { finish }] of answer.choices.entries()) {
    const data = chunk(index, '{}', JSON.stringify(chatFinish(finish)))
    yield { part: 'finish', event: null, data, tokens }
  }
  if (ask.includeUsage) {
    const usage = JSON.stringify({ usage: chatUsage(writing) }).slice(1)
    const data = usage === '}' ? `${envelope}]}` : `${envelope}],${usage}`
    yield { part: 'usage', event: null, data, tokens }
  }
  yield { part: 'terminal', event: null, data: '[DONE]', tokens }
}

function deltaOf(step: Utterance): string | null {
  switch (step.kind) {
    case 'text':
      return `{"content":${JSON.stringify(step.delta)}}`
    case 'reasoning':
      return `{"reasoning_content":${JSON.stringify(step.delta)}}`
    case 'refusal':
      return `{"refusal":${JSON.stringify(step.delta)}}`
    case 'call-start':
      return (
        `{"tool_calls":[{"index":${step.index},"id":"call_${step.call.id}","type":"function",` +
        `"function":{"name":${JSON.stringify(step.call.name)},"arguments":""}}]}`
      )
    case 'call-delta':
      return (
        `{"tool_calls":[{"index":${step.index},` +
        `"function":{"arguments":${JSON.stringify(step.delta)}}}]}`
      )
    case 'call-end':
      return null
  }
}
