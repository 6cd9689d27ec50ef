import type { Frame } from '../dialect.ts'

/**
 * * Members that make a chunk worth reading: an end, usage, an error. Inside JSON strings every
 * quote is escaped, so text that merely speaks of them cannot look like one.
 */
const notable = /"(?:finish_reason|usage|error|x_groq)"\s*:(?!\s*null[\s,}])/

/** A delta that carries output; an empty one may be the preamble. */
const output =
  /"delta"\s*:\s*\{[^{}[\]]*"(?:content|reasoning(?:_content)?|tool_calls)"\s*:\s*(?:"[^"\p{Cc}]|\[)/u

/** The end of a chunk that is closed: one cut short must be noticed, not passed on. */
const closed = /\}\s*\]\s*(?:,[^[\]{}]*)?\}$/u

/**
 * One expression, because a second pass over the text would cost as much as the first. A bare control
 * character in the text makes it no JSON, which clients choke on.
 */
const delta = new RegExp(`${output.source}[^\\p{Cc}]*${closed.source}`, 'u')

/** True when the frame certainly carries plain output only. Called for every event that passes. */
export function isPlainDelta(frame: Frame): boolean {
  const { data, event } = frame
  return event === null && data.charCodeAt(0) === 0x7b && delta.test(data) && !notable.test(data)
}
