import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Pace } from './piece.ts'

/**
 * Due times for the frames of a stream: the preamble early if so wished, token 1 after the time to
 * first token, the others evenly after it. Jitter only ever delays, and never reorders.
 */
export function paceOf(behaviour: Behaviour, random: () => number): Pace {
  const { preambleMs, jitterMs, tokensPerSecond } = behaviour
  const gapMs = tokensPerSecond > 0 ? 1000 / tokensPerSecond : 0
  const jitter = jitterMs === 0 ? () => 0 : () => random() * jitterMs
  const firstMs = behaviour.firstTokenMs + jitter()
  let latestMs = 0
  return ({ part, tokens }) => {
    if (part === 'preamble' && preambleMs !== null) return preambleMs
    const spokenMs = tokens > 1 ? (tokens - 1) * gapMs + jitter() : 0
    latestMs = Math.max(latestMs, firstMs + spokenMs)
    return latestMs
  }
}

/** When a whole reply is ready: as if its last token had just been made. */
export function wholeAtMs(behaviour: Behaviour, tokens: number, random: () => number): number {
  const { firstTokenMs, jitterMs, tokensPerSecond } = behaviour
  const talkingMs = tokensPerSecond > 0 ? (Math.max(1, tokens) - 1) * (1000 / tokensPerSecond) : 0
  const jitter = jitterMs === 0 ? 0 : random() * jitterMs
  return firstTokenMs + talkingMs + jitter
}
