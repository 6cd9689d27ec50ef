import type { JsonObject } from '../../core/json.ts'
import type { Choice } from '../answer/answer.ts'
import { textOfTokens } from '../answer/tokens.ts'
import { callSteps } from '../answer/utterances.ts'
import type { FramePart, ReplyFrame, Writing } from '../wire/frame.ts'
import {
  callItem,
  contentPart,
  messageItem,
  openMessageItem,
  openReasoningItem,
  reasoningItem,
} from './items.ts'
import { openingResponse, responsesWhole } from './response.ts'

/** Makes frames, numbering them; `tokens` counts the output ones. */
interface Script {
  readonly writing: Writing
  readonly choice: Choice
  frame(part: FramePart, type: string, fields: JsonObject): ReplyFrame
}

/** A streamed Responses reply. */
export function* responsesStream(writing: Writing): Generator<ReplyFrame> {
  const [choice] = writing.answer.choices
  if (choice === undefined) return
  const script = createScript(writing, choice)
  const opening = { response: openingResponse(writing) }
  yield script.frame('preamble', 'response.created', opening)
  yield script.frame('preamble', 'response.in_progress', opening)
  let outputIndex = 0
  if (choice.reasoning.count > 0) yield* reasoningFrames(script, outputIndex++)
  if (choice.text.count > 0) yield* messageFrames(script, outputIndex++)
  yield* callFrames(script, outputIndex)
  const response = responsesWhole(writing)
  const status = response['status'] === 'incomplete' ? 'incomplete' : 'completed'
  yield script.frame('terminal', `response.${status}`, { response })
}

function createScript(writing: Writing, choice: Choice): Script {
  let sequence = 0
  let tokens = 0
  return {
    writing,
    choice,
    frame(part, type, fields) {
      if (part === 'output') tokens++
      const data = JSON.stringify({ type, ...fields, sequence_number: sequence++ })
      return { part, event: type, data, tokens }
    },
  }
}

function* reasoningFrames(script: Script, output_index: number): Generator<ReplyFrame> {
  const { writing, choice } = script
  const open = openReasoningItem(writing)
  const place = { item_id: open['id'], output_index, summary_index: 0 }
  const frame = (type: string, fields: JsonObject) => script.frame('structure', type, fields)
  const part = (text: string) => ({ type: 'summary_text', text })

  yield frame('response.output_item.added', { output_index, item: open })
  yield frame('response.reasoning_summary_part.added', { ...place, part: part('') })
  for (let index = 0; index < choice.reasoning.count; index++) {
    const delta = choice.reasoning.at(index)
    yield script.frame('output', 'response.reasoning_summary_text.delta', { ...place, delta })
  }
  const text = textOfTokens(choice.reasoning)
  yield frame('response.reasoning_summary_text.done', { ...place, text })
  yield frame('response.reasoning_summary_part.done', { ...place, part: part(text) })
  const item = reasoningItem(writing, choice)
  yield frame('response.output_item.done', { output_index, item })
}

function* messageFrames(script: Script, output_index: number): Generator<ReplyFrame> {
  const { writing, choice } = script
  const open = openMessageItem(writing)
  const place = { item_id: open['id'], output_index, content_index: 0 }
  const frame = (type: string, fields: JsonObject) => script.frame('structure', type, fields)
  const kind = choice.refused ? 'refusal' : 'output_text'
  const logprobs = choice.refused ? {} : { logprobs: [] }

  yield frame('response.output_item.added', { output_index, item: open })
  yield frame('response.content_part.added', { ...place, part: contentPart(choice, '') })
  for (let index = 0; index < choice.text.count; index++) {
    const fields = { ...place, delta: choice.text.at(index), ...logprobs }
    yield script.frame('output', `response.${kind}.delta`, fields)
  }
  const text = textOfTokens(choice.text)
  const done = choice.refused ? { refusal: text } : { text, ...logprobs }
  yield frame(`response.${kind}.done`, { ...place, ...done })
  yield frame('response.content_part.done', { ...place, part: contentPart(choice, text) })
  const item = messageItem(writing, choice)
  yield frame('response.output_item.done', { output_index, item })
}

function* callFrames(script: Script, firstIndex: number): Generator<ReplyFrame> {
  const shuffled = script.writing.behaviour.trouble.faults.has('tools-shuffled')
  for (const step of callSteps(script.choice.calls, shuffled)) {
    const output_index = firstIndex + step.index
    const item_id = `fc_${step.call.id}`
    switch (step.kind) {
      case 'call-start': {
        const item = callItem(step.call, 'in_progress')
        yield script.frame('structure', 'response.output_item.added', { output_index, item })
        break
      }
      case 'call-delta': {
        const fields = { item_id, output_index, delta: step.delta }
        yield script.frame('output', 'response.function_call_arguments.delta', fields)
        break
      }
      case 'call-end': {
        const done = { item_id, output_index, arguments: step.call.input }
        yield script.frame('structure', 'response.function_call_arguments.done', done)
        const item = callItem(step.call, 'completed')
        yield script.frame('structure', 'response.output_item.done', { output_index, item })
        break
      }
    }
  }
}
