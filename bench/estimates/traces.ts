import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '../../src/core/random.ts'
import { normal } from '../../src/sim/dice.ts'
import type { Traced } from './tokens.ts'

const recorded = fileURLToPath(
  new URL('../../../shared/data/azure/AzureLLMInferenceTrace_conv.csv', import.meta.url),
)

/** An hour of conversations with a real service, every `nth` of them; null where the file is absent. */
export function recordedTrace(nth = 1): Traced[] | null {
  if (!existsSync(recorded)) return null
  const lines = readFileSync(recorded, 'utf8').trim().split(/\r?\n/).slice(1)
  const trace = lines
    .filter((_, index) => index % nth === 0)
    .map((line) => {
      const [time = '', inputTokens, outputTokens] = line.split(',')
      const atMs = Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`)
      return { atMs, inputTokens: Number(inputTokens), outputTokens: Number(outputTokens) }
    })
  const startMs = trace[0]?.atMs ?? 0
  return trace.map((one) => ({ ...one, atMs: one.atMs - startMs }))
}

/**
 * Twenty minutes that are rougher: bursts of a random length and rate, short questions with long answers and
 * long prompts with short ones, and answers that grow longer by half on the way.
 */
export function roughTrace(requestsPerMinute: number, seed: number): Traced[] {
  const random = seededRandom(seed)
  const trace: Traced[] = []
  const endMs = 20 * 60_000
  let [atMs, burstEndMs, rate] = [0, 0, 1]
  while (atMs < endMs) {
    if (atMs >= burstEndMs) {
      rate = random() < 0.3 ? 5 : 0.4
      burstEndMs = atMs - 10_000 * Math.log(1 - random())
    }
    atMs -= (60_000 / (requestsPerMinute * rate)) * Math.log(1 - random())
    const long = random() < 0.4
    const grown = 1 + atMs / endMs / 2
    const spread = (sigma: number) => Math.exp(sigma * normal(random))
    trace.push({
      atMs,
      inputTokens: Math.round((long ? 3_000 : 400) * spread(0.5)),
      outputTokens: Math.min(4_096, Math.round((long ? 90 : 300) * grown * spread(0.7)) + 1),
    })
  }
  return trace
}
