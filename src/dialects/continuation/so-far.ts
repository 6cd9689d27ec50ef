import type { ReplyEvent, Usage } from '../../core/reply.ts'
import type { Frame, StreamReader } from '../dialect.ts'
import { ReplyWatch } from '../reply-watch.ts'
import type { FrameSplitter } from '../split-sse.ts'

/** What a client has seen of a reply that broke off: plain text that another target can go on from. */
export interface SoFar {
  /** Without an end. */
  readonly events: readonly ReplyEvent[]
  readonly text: string
  /** Of the text and what came before it. */
  readonly outputTokensEstimate: number
  /** As far as it was told before the break. */
  readonly usage: Usage | null
}

/**
 * Reads again what came of a reply, up to where it broke off. null when it cannot be continued: a
 * tool call has begun, reasoning was signed, or there is no text to go on from.
 */
export function readSoFar(
  chunks: readonly Uint8Array[],
  splitter: FrameSplitter,
  reader: StreamReader,
): SoFar | null {
  const events: ReplyEvent[] = []
  const take = (_raw: Uint8Array, frame: Frame | null) => {
    if (frame !== null) events.push(...reader.read(frame))
  }
  for (const chunk of chunks) splitter.push(chunk, take)
  // The last event is not ended: what was cut short the client has not seen.
  return soFarOf(events)
}

/** The same from events; what follows an error among them was not seen. */
export function soFarOf(all: readonly ReplyEvent[]): SoFar | null {
  const broken = all.findIndex((event) => event.type === 'reply-error')
  const events = broken < 0 ? all : all.slice(0, broken)
  if (!events.every(canBeLeftAt) || hasEmptyText(events)) return null
  const watch = new ReplyWatch()
  watch.see(events)
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
  if (text.trim() === '') return null
  const { usage, outputTokensEstimate } = watch.tally()
  return { events, text, usage, outputTokensEstimate }
}

function canBeLeftAt(event: ReplyEvent): boolean {
  switch (event.type) {
    case 'reply-start':
    case 'text-start':
    case 'text-delta':
    case 'reasoning-start':
    case 'reasoning-delta':
    case 'citation':
    case 'usage':
      return true
    case 'text-end':
    case 'reasoning-end':
      return event.signature === null
    default:
      return false
  }
}

/** Writers number blocks by what they show, so one that shows nothing would shift the others. */
function hasEmptyText(events: readonly ReplyEvent[]): boolean {
  const filled = new Set<number>()
  for (const event of events) if (event.type === 'text-delta') filled.add(event.block)
  return events.some((event) => event.type === 'text-start' && !filled.has(event.block))
}
