import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, objectAt } from '../../core/json.ts'
import type { StrictReading } from './strict-reading.ts'

/** Fields the canonical conversation carries, and those that steer the transport. */
const carried = new Set(
  (
    'model messages stream stream_options tools tool_choice functions function_call ' +
    'parallel_tool_calls response_format max_tokens max_completion_tokens temperature top_p ' +
    'top_k stop seed presence_penalty frequency_penalty reasoning_effort reasoning thinking user ' +
    'safety_identifier metadata n logprobs top_logprobs modalities audio web_search_options'
  ).split(' '),
)

/**
 * What another dialect cannot answer in kind: the reply would not be what was asked for, so the
 * request is refused rather than answered differently without a word.
 */
export function refuseUntranslatable(body: JsonObject, reading: StrictReading): void {
  const n = reading.positiveInteger(body, 'n', 'n')
  if (n !== null && n > 1) refuse(reading, 'n', 'More than one choice per request')
  if (body['logprobs'] === true || Number(body['top_logprobs'] ?? 0) > 0) {
    refuse(reading, 'logprobs', 'Log probabilities')
  }
  if (arrayAt(body, 'modalities').includes('audio') || objectAt(body, 'audio') !== null) {
    refuse(reading, 'modalities', 'Spoken output')
  }
  if (objectAt(body, 'web_search_options') !== null) {
    refuse(reading, 'web_search_options', "The provider's own web search")
  }
}

/** Everything else that is set, known or not, is left out with a word about it. */
export function warnOfUnknown(body: JsonObject, reading: StrictReading): void {
  for (const [name, value] of Object.entries(body)) {
    if (carried.has(name) || isUnset(value) || (name === 'store' && value === false)) continue
    reading.leftOut(`\`${name}\` has no equal in the other dialect and was left out.`)
  }
}

function refuse(reading: StrictReading, param: string, what: string): void {
  const reason = `\`${param}\` works only with targets that speak the OpenAI dialect.`
  reading.untranslatable(param, `${what} cannot be had from this target: ${reason}`)
}

/** Null and empty objects and lists ask for nothing. */
function isUnset(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
