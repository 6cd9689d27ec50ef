import type { ReplyEvent } from '../../core/reply.ts'
import { noUsage, type Usage } from '../../core/reply.ts'
import type { ReplyContext, StreamWriter } from '../dialect.ts'
import { sseEvent } from '../sse.ts'
import { writeStopReason } from './stop-reason.ts'
import { blockWriter } from './stream-blocks.ts'
import { writeUsage } from './usage.ts'
import { writeStreamError } from './write-error.ts'

type ReplyStart = Extract<ReplyEvent, { type: 'reply-start' }>

/**
 * Writes a streamed message: message_start, blocks one after the other, message_delta,
 * message_stop.
 */
export function streamWriter(context: ReplyContext): StreamWriter {
  const blocks = blockWriter()
  let start: ReplyStart = { type: 'reply-start', id: null, model: null }
  let started = false
  let usage: Usage = noUsage

  /**
   * message_start waits for the first event with something to show, because it tells what the input
   * was and providers that know it say so right after their own start.
   */
  const opening = (): string => {
    if (started) return ''
    started = true
    return messageStart(start.id ?? context.id, context.model, usage)
  }
  return {
    write(event) {
      switch (event.type) {
        case 'reply-start':
          start = event
          return ''
        case 'usage':
          usage = event.usage
          return ''
        case 'untranslated':
          return ''
        case 'reply-error':
          return writeStreamError(event.failure, context.id)
        case 'reply-end': {
          const rest = opening() + blocks.end()
          const stop = writeStopReason(event.finish, event.stopSequence, blocks.contents())
          return rest + messageEnd(stop, event.stopSequence, usage)
        }
        default: {
          const wire = blocks.write(event)
          return wire === '' ? '' : opening() + wire
        }
      }
    },
  }
}

function messageStart(id: string, model: string, usage: Usage): string {
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: writeUsage(usage),
  }
  return sseEvent('message_start', JSON.stringify({ type: 'message_start', message }))
}

/** Usage is given in full, because at the start it was often not known. */
function messageEnd(stopReason: string, stopSequence: string | null, usage: Usage): string {
  const delta = {
    stop_reason: stopReason,
    stop_sequence: stopReason === 'stop_sequence' ? stopSequence : null,
  }
  const end = { type: 'message_delta', delta, usage: writeUsage(usage) }
  return (
    sseEvent('message_delta', JSON.stringify(end)) +
    sseEvent('message_stop', JSON.stringify({ type: 'message_stop' }))
  )
}
