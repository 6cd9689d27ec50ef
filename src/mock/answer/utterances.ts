import type { Answer, Choice } from './answer.ts'
import { tokensOfText } from './tokens.ts'
import type { AnsweredCall } from './tool-calls.ts'

/** One step of saying an answer aloud. Steps that carry a `delta` are one token long. */
export type Utterance = { readonly choice: number } & (SpeechStep | CallStep)

interface SpeechStep {
  readonly kind: 'reasoning' | 'text' | 'refusal'
  readonly delta: string
}

interface CallPlace {
  /** Which of the answer's calls. */
  readonly index: number
  readonly call: AnsweredCall
}

export type CallStep = CallPlace &
  (
    | { readonly kind: 'call-start' }
    | { readonly kind: 'call-delta'; readonly delta: string }
    | { readonly kind: 'call-end' }
  )

/** The steps of an answer, several choices by turns. `shuffled` interleaves its tool calls. */
export function* utterances(answer: Answer, shuffled: boolean): Generator<Utterance> {
  const [only] = answer.choices
  if (answer.choices.length === 1 && only !== undefined) {
    yield* spoken(only, 0, shuffled)
    return
  }
  let speaking = answer.choices.map((choice, index) => spoken(choice, index, shuffled))
  while (speaking.length > 0) {
    const stillSpeaking = []
    for (const speaker of speaking) {
      const next = speaker.next()
      if (next.done === true) continue
      yield next.value
      stillSpeaking.push(speaker)
    }
    speaking = stillSpeaking
  }
}

function* spoken(choice: Choice, number: number, shuffled: boolean): Generator<Utterance> {
  const { reasoning, text, calls } = choice
  for (let index = 0; index < reasoning.count; index++) {
    yield { choice: number, kind: 'reasoning', delta: reasoning.at(index) }
  }
  const kind = choice.refused ? 'refusal' : 'text'
  for (let index = 0; index < text.count; index++) {
    yield { choice: number, kind, delta: text.at(index) }
  }
  for (const step of callSteps(calls, shuffled)) yield { choice: number, ...step }
}

export function callSteps(calls: readonly AnsweredCall[], shuffled: boolean): Generator<CallStep> {
  return shuffled ? shuffledSteps(calls) : orderedSteps(calls)
}

function* orderedSteps(calls: readonly AnsweredCall[]): Generator<CallStep> {
  for (const [index, call] of calls.entries()) {
    yield { kind: 'call-start', index, call }
    const input = tokensOfText(call.input)
    for (let token = 0; token < input.count; token++) {
      yield { kind: 'call-delta', index, call, delta: input.at(token) }
    }
    yield { kind: 'call-end', index, call }
  }
}

/** All calls begin before any ends, the last one first: what readers that expect order stumble over. */
function* shuffledSteps(calls: readonly AnsweredCall[]): Generator<CallStep> {
  const backwards = [...calls.entries()].reverse()
  for (const [index, call] of backwards) yield { kind: 'call-start', index, call }
  const inputs = new Map(backwards.map(([index, call]) => [index, tokensOfText(call.input)]))
  const longest = Math.max(0, ...[...inputs.values()].map((input) => input.count))
  for (let token = 0; token < longest; token++) {
    for (const [index, call] of backwards) {
      const input = inputs.get(index)
      if (input === undefined || token >= input.count) continue
      yield { kind: 'call-delta', index, call, delta: input.at(token) }
    }
  }
  for (const [index, call] of backwards) yield { kind: 'call-end', index, call }
}
