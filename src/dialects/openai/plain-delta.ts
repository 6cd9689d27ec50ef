import type { Frame } from '../dialect.ts'

/**
 * Members that make a chunk worth reading: an end, usage, an error. Inside JSON strings every quote is
 * escaped, so text that merely speaks of them cannot look like one.
 */
const notable = /"(?:finish_reason|usage|error|x_groq)"\s*:(?!\s*null[\s,}])/

/**
 * A choice with a delta that carries output (an empty one may be the preamble), in a chunk that is
 * closed as it should be: one cut short must be noticed, not passed on.
 */
const delta =
  /"delta"\s*:\s*\{[^{}[\]]*"(?:content|reasoning_content|reasoning|tool_calls)"\s*:\s*(?:"[^"]|\[).*\}\s*\]\s*(?:,[^[\]{}]*)?\}$/s

/** True when the frame certainly carries plain output only. Called for every event that passes. */
export function isPlainDelta(frame: Frame): boolean {
  const { data, event } = frame
  return event === null && data.charCodeAt(0) === 0x7b && delta.test(data) && !notable.test(data)
}
