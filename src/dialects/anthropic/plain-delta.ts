import type { Frame } from '../dialect.ts'

const PREFIX = '{"type":"content_block_delta"'

/**
 * Anthropic names its events, so the name alone tells; the start of the data where there is none.
 */
export function isPlainDelta(frame: Frame): boolean {
  return frame.event === null
    ? frame.data.startsWith(PREFIX)
    : frame.event === 'content_block_delta'
}
