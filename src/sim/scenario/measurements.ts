import { isObject, type JsonObject, numberAt, parseJson } from '../../core/json.ts'
import type { Measured } from './scenario.ts'

export type Measurements =
  | { readonly ok: true; readonly calls: readonly Measured[] }
  | { readonly ok: false; readonly message: string }

/** What an error answer takes when the measurement does not say: about one round trip. */
const usualErrorMs = 50

/**
 * Calls as llmperf writes them, an array of objects: `ttft_s`, `end_to_end_latency_s` and
 * `number_output_tokens`, or `inter_token_latency_s`, and `error_code`.
 *
 * - An `error_code` of 400 or more is the status the provider answered with.
 * - Any other code is the verdict of the tool that measured (llmperf: -100, "too few tokens") on a reply
 *   that came. How short it was says something about the prompt, not about the provider's speed or
 *   health, so it counts as a reply.
 * - The time per token is taken from the end: (end to end − first token) / (tokens − 1). llmperf's own
 *   `inter_token_latency_s` has the first token in it, and in replies with an error code is the whole
 *   time; it is used only where the end was not recorded and there is no error code.
 */
export function readMeasurements(text: string): Measurements {
  const parsed = parseJson(text)
  if (parsed === undefined) return { ok: false, message: 'is not JSON' }
  const rows = Array.isArray(parsed) ? parsed : isObject(parsed) ? parsed['results'] : undefined
  if (!Array.isArray(rows)) {
    return { ok: false, message: 'must be an array of measured calls' }
  }
  const calls = rows
    .filter(isObject)
    .map(measured)
    .filter((call) => call !== null)
  if (calls.length === 0) {
    return {
      ok: false,
      message:
        'holds no measured call: each needs ttft_s with end_to_end_latency_s and ' +
        'number_output_tokens or inter_token_latency_s, or an error_code',
    }
  }
  return { ok: true, calls }
}

function measured(row: JsonObject): Measured | null {
  const code = numberAt(row, 'error_code')
  const firstTokenMs = (numberAt(row, 'ttft_s') ?? 0) * 1_000
  const totalMs = (numberAt(row, 'end_to_end_latency_s') ?? 0) * 1_000
  if (code !== null && code >= 400) {
    return { kind: 'error', status: code, afterMs: totalMs > 0 ? totalMs : usualErrorMs }
  }
  if (firstTokenMs <= 0) return null
  const tokens = numberAt(row, 'number_output_tokens') ?? 0
  if (totalMs >= firstTokenMs && tokens > 1) {
    return { kind: 'reply', firstTokenMs, msPerToken: (totalMs - firstTokenMs) / (tokens - 1) }
  }
  const between = numberAt(row, 'inter_token_latency_s')
  if (between === null || between < 0 || (code !== null && code !== 0)) return null
  return { kind: 'reply', firstTokenMs, msPerToken: between * 1_000 }
}
