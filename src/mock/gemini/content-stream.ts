import type { JsonObject } from '../../core/json.ts'
import type { Choice } from '../answer/answer.ts'
import type { Utterance } from '../answer/utterances.ts'
import { utterances } from '../answer/utterances.ts'
import type { FramePart, ReplyFrame, Writing } from '../wire/frame.ts'
import { callPart, geminiFinish, geminiUsage, thoughtSignature } from './content.ts'

/**
 * A streamed generateContent reply. Every chunk reports the usage so far; the last one carries the
 * finish reason, and nothing follows it.
 */
export function* geminiStream(writing: Writing): Generator<ReplyFrame> {
  const { ask, answer, behaviour } = writing
  let tokens = 0
  const frame = (part: FramePart, candidates: JsonObject[], outputTokens: number): ReplyFrame => {
    const chunk = {
      candidates,
      usageMetadata: geminiUsage(writing, outputTokens),
      modelVersion: ask.model,
      responseId: `mock${answer.id}`,
    }
    return { part, event: null, data: JSON.stringify(chunk), tokens }
  }
  for (const step of utterances(answer, behaviour.trouble.faults.has('tools-shuffled'))) {
    if (step.kind === 'call-delta' || step.kind === 'call-end') continue
    tokens++
    const content = { parts: [partOf(step, writing)], role: 'model' }
    yield frame('output', [{ content, index: step.choice }], tokens)
  }
  const ends = answer.choices.map((choice, index) => ({
    content: { parts: [closingPart(writing, choice)], role: 'model' },
    finishReason: geminiFinish(choice.finish),
    index,
  }))
  yield frame('finish', ends, answer.usage.outputTokens)
}

type SpokenStep = Exclude<Utterance, { kind: 'call-delta' | 'call-end' }>

/** Calls come whole, the first one signed. */
function partOf(step: SpokenStep, writing: Writing): JsonObject {
  if (step.kind === 'reasoning') return { text: step.delta, thought: true }
  if (step.kind !== 'call-start') return { text: step.delta }
  const choice = writing.answer.choices[step.choice]
  const signed = step.index === 0 && choice !== undefined
  return callPart(step.call, signed ? thoughtSignature(writing, choice) : null)
}

/** The signature of a text comes after it, on an empty part. */
function closingPart(writing: Writing, choice: Choice): JsonObject {
  const signature = choice.calls.length === 0 ? thoughtSignature(writing, choice) : null
  return signature === null ? { text: '' } : { text: '', thoughtSignature: signature }
}
