import type { JsonObject } from '../../core/json.ts'
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
  const signed = new Set<number>()
  const signatureFor = (step: Utterance): string | null => {
    const choice = answer.choices[step.choice]
    if (choice === undefined || signed.has(step.choice)) return null
    signed.add(step.choice)
    return thoughtSignature(writing, choice)
  }
  for (const step of utterances(answer, behaviour.trouble.faults.has('tools-shuffled'))) {
    if (step.kind === 'call-delta' || step.kind === 'call-end') continue
    tokens++
    const part =
      step.kind === 'reasoning'
        ? { text: step.delta, thought: true }
        : partOf(step, signatureFor(step))
    const content = { parts: [part], role: 'model' }
    yield frame('output', [{ content, index: step.choice }], tokens)
  }
  const ends = answer.choices.map(({ finish }, index) => ({
    content: { parts: [{ text: '' }], role: 'model' },
    finishReason: geminiFinish(finish),
    index,
  }))
  yield frame('finish', ends, answer.usage.outputTokens)
}

function partOf(
  step: Exclude<Utterance, { kind: 'call-delta' | 'call-end' }>,
  signature: string | null,
): JsonObject {
  if (step.kind === 'call-start') return callPart(step.call, signature)
  const part: JsonObject = { text: step.delta }
  if (signature !== null) part['thoughtSignature'] = signature
  return part
}
