import type { Frame } from '../dialect.ts'

const PREFIX = '{"type":"content_block_delta"'

/** A delta that is closed and holds no bare control character: a broken one must be noticed. */
const sound = /^\{[^\p{Cc}]*[^\\]"\s*\}\s*\}\s*$/u

/**
 * Anthropic names its events, so the name alone tells; the start of the data where there is none.
 */
export function isPlainDelta(frame: Frame): boolean {
  const { event, data } = frame
  const delta = event === null ? data.startsWith(PREFIX) : event === 'content_block_delta'
  return delta && sound.test(data)
}
