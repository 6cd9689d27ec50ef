import type { Answer } from '../answer/answer.ts'
import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Ask } from '../request/ask.ts'

/** What a writer of a dialect works from. */
export interface Writing {
  readonly ask: Ask
  readonly answer: Answer
  readonly behaviour: Behaviour
  /** Seconds since the epoch, for `created` fields. */
  readonly createdS: number
}

/**
 * What a frame is for. `preamble` comes before any output (a role, the start of a message), `structure`
 * between outputs; `terminal` is the one after which the dialect sends nothing.
 */
export type FramePart = 'preamble' | 'structure' | 'output' | 'finish' | 'usage' | 'terminal'

/** One event of a streamed reply, not framed yet. */
export interface ReplyFrame {
  readonly part: FramePart
  /** SSE `event:`; null where the dialect has none. */
  readonly event: string | null
  readonly data: string
  /** Output tokens sent with this frame and before: its place in time, and what `@k` of a fault counts. */
  readonly tokens: number
}
