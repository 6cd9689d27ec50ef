import { hashSeed } from '../../core/random.ts'
import type { FinishReason, Usage } from '../../core/reply.ts'
import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Ask } from '../request/ask.ts'
import { canonicalText, prefillOf, withoutPrefill } from './canonical-text.ts'
import { instanceOf } from './instance.ts'
import type { Tokens } from './tokens.ts'
import { firstTokens, noTokens, textOfTokens, tokensAfter, tokensOfText } from './tokens.ts'
import type { AnsweredCall } from './tool-calls.ts'
import { callsFor } from './tool-calls.ts'
import { usageFor } from './usage.ts'

/** What is said in reply, in no dialect. */
export interface Answer {
  /** Eight hex digits, the same for the same request. */
  readonly id: string
  readonly choices: readonly Choice[]
  readonly usage: Usage
}

export interface Choice {
  readonly reasoning: Tokens
  readonly text: Tokens
  /** The text is a refusal. */
  readonly refused: boolean
  readonly calls: readonly AnsweredCall[]
  readonly finish: FinishReason
}

const USUAL_REASONING = 24
const TOKENS_PER_CALL = 8

/** The answer to a chat request: fixed by seed and request alone. */
export function answerTo(ask: Ask, behaviour: Behaviour, mockSeed: number): Answer {
  const seed = behaviour.seed ?? mockSeed
  const id = idOf(ask, seed)
  const choices = Array.from({ length: ask.choices }, (_, index) =>
    choiceFor(ask, behaviour, seed + index, id),
  )
  const reasoningTokens = choices.reduce((sum, choice) => sum + choice.reasoning.count, 0)
  const outputTokens = choices.reduce((sum, choice) => sum + tokensIn(choice), 0)
  return { id, choices, usage: usageFor(ask, behaviour, { outputTokens, reasoningTokens }) }
}

function idOf(ask: Ask, seed: number): string {
  const conversation = ask.messages.map(
    ({ role, text }) => `${role} ${text.length} ${text.slice(-200)}`,
  )
  const hash = hashSeed(`${seed} ${ask.model} ${conversation.join('\n')}`)
  return hash.toString(16).padStart(8, '0')
}

function tokensIn(choice: Choice): number {
  const inCalls = choice.calls.reduce(
    (sum, call) => sum + TOKENS_PER_CALL + tokensOfText(call.input).count,
    0,
  )
  return choice.reasoning.count + choice.text.count + inCalls
}

function choiceFor(ask: Ask, behaviour: Behaviour, seed: number, id: string): Choice {
  const allowed = ask.maxTokens ?? Number.POSITIVE_INFINITY
  const reasoning = firstTokens(reasoningFor(ask, behaviour, seed), allowed)
  const calls = callsFor(ask, behaviour, id)
  if (calls.length > 0) {
    const finish = behaviour.finish ?? 'tool-calls'
    return { reasoning, text: noTokens, refused: false, calls, finish }
  }
  const refused = behaviour.finish === 'refusal' || ask.model.includes('refus')
  const whole = refused ? tokensOfText(REFUSAL) : textFor(ask, behaviour, seed)
  const text = firstTokens(whole, allowed - reasoning.count)
  const usual = text.count < whole.count ? 'length' : refused ? 'refusal' : 'stop'
  return { reasoning, text, refused, calls, finish: behaviour.finish ?? usual }
}

const REFUSAL = "I'm sorry, but I can't help with that (a simulated refusal)."

function reasoningFor(ask: Ask, behaviour: Behaviour, seed: number): Tokens {
  const usual = ask.reasoning || ask.model.includes('reason') ? USUAL_REASONING : 0
  const count = behaviour.reasoningTokens ?? usual
  return {
    count,
    at: (index) => (index === 0 ? 'Simulated reasoning:' : ` step ${index + seed}`),
  }
}

function textFor(ask: Ask, behaviour: Behaviour, seed: number): Tokens {
  if (ask.json !== false) {
    const value = instanceOf(ask.json === true ? plainObject : ask.json)
    return tokensOfText(JSON.stringify(value))
  }
  const endless = ask.streaming !== null && behaviour.trouble.faults.has('endless')
  const count = endless ? Number.POSITIVE_INFINITY : behaviour.tokens
  const whole = canonicalText(withoutPrefill(ask.messages), seed, count)
  const prefill = prefillOf(ask)
  if (prefill === null || endless) return whole
  return textOfTokens(whole).startsWith(prefill) ? tokensAfter(whole, prefill.length) : whole
}

const plainObject = {
  type: 'object',
  properties: { simulated: { type: 'boolean' } },
}
