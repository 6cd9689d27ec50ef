import type { JsonObject } from '../../core/json.ts'
import type { Utterance } from '../answer/utterances.ts'
import { utterances } from '../answer/utterances.ts'
import type { FramePart, ReplyFrame, Writing } from '../wire/frame.ts'
import { spoilUsage } from '../wire/spoil-usage.ts'
import { cacheUsage, inputUsage, outputUsage, signatureOf, stopReason } from './message.ts'

type Speech = 'reasoning' | 'text'

/** A streamed Messages reply, with the one ping Anthropic sends early on. */
export function* anthropicStream(writing: Writing): Generator<ReplyFrame> {
  const { answer, behaviour } = writing
  let tokens = 0
  const frame = (part: FramePart, event: string, body: JsonObject): ReplyFrame => {
    return { part, event, data: JSON.stringify({ type: event, ...body }), tokens }
  }
  const deltaFrame = (index: number, delta: JsonObject) =>
    frame('output', 'content_block_delta', { index, delta })
  const stop = (index: number) => frame('structure', 'content_block_stop', { index })

  yield frame('preamble', 'message_start', { message: openingMessage(writing) })
  yield frame('preamble', 'ping', {})

  let block = -1
  let speech: Speech | null = null
  const callBlocks = new Map<number, number>()

  function* closeSpeech(): Generator<ReplyFrame> {
    if (speech === null) return
    if (speech === 'reasoning') {
      const delta = { type: 'signature_delta', signature: signatureOf(writing) }
      yield frame('structure', 'content_block_delta', { index: block, delta })
    }
    yield stop(block)
    speech = null
  }

  for (const step of utterances(answer, behaviour.trouble.faults.has('tools-shuffled'))) {
    const wanted = speechOf(step)
    if (wanted !== speech) yield* closeSpeech()
    if (wanted !== null && speech === null) {
      speech = wanted
      block++
      const content_block = wanted === 'text' ? emptyText : emptyThinking
      yield frame('structure', 'content_block_start', { index: block, content_block })
    }
    if (step.kind === 'call-start') {
      callBlocks.set(step.index, ++block)
      const { id, name } = step.call
      const content_block = { type: 'tool_use', id: `toolu_${id}`, name, input: {} }
      yield frame('structure', 'content_block_start', { index: block, content_block })
      continue
    }
    const index = 'index' in step ? (callBlocks.get(step.index) ?? block) : block
    if (step.kind === 'call-end') {
      yield stop(index)
      continue
    }
    tokens++
    yield deltaFrame(index, deltaOf(step))
  }
  yield* closeSpeech()
  yield frame('finish', 'message_delta', closingBody(writing))
  yield frame('terminal', 'message_stop', {})
}

const emptyText = { type: 'text', text: '' }
const emptyThinking = { type: 'thinking', thinking: '', signature: '' }

function speechOf(step: Utterance): Speech | null {
  if (step.kind === 'reasoning') return 'reasoning'
  return step.kind === 'text' || step.kind === 'refusal' ? 'text' : null
}

function deltaOf(step: Extract<Utterance, { delta: string }>): JsonObject {
  switch (step.kind) {
    case 'reasoning':
      return { type: 'thinking_delta', thinking: step.delta }
    case 'call-delta':
      return { type: 'input_json_delta', partial_json: step.delta }
    default:
      return { type: 'text_delta', text: step.delta }
  }
}

function openingMessage({ ask, answer, behaviour }: Writing): JsonObject {
  const usage = { ...inputUsage(answer.usage), ...cacheUsage(answer.usage), output_tokens: 1 }
  return {
    id: `msg_mock${answer.id}`,
    type: 'message',
    role: 'assistant',
    model: ask.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: spoilUsage(usage, behaviour.trouble.usage),
  }
}

function closingBody({ answer, behaviour }: Writing): JsonObject {
  const finish = answer.choices[0]?.finish ?? 'stop'
  return {
    delta: { stop_reason: stopReason(finish), stop_sequence: null },
    usage: spoilUsage(
      { ...inputUsage(answer.usage), ...outputUsage(answer.usage) },
      behaviour.trouble.usage,
    ),
  }
}
