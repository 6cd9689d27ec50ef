import { failure } from '../core/failure.ts'
import { parseJson } from '../core/json.ts'
import type { ReplyEvent } from '../core/reply.ts'
import type { Operation } from '../core/request.ts'
import type { DialectCodec, Frame } from './dialect.ts'
import type { ReplyPipe } from './reply-pipe.ts'
import { ReplyWatch, stateOf } from './reply-watch.ts'
import type { FrameSplitter } from './split-sse.ts'

export interface PassThroughStreamOptions {
  readonly codec: DialectCodec
  readonly operation: Operation
  readonly splitter: FrameSplitter
  /** The usage chunk was asked for by us, not by the client, who must not see it. */
  readonly hideUsageChunk: boolean
}

/**
 * Hands a stream on byte for byte, event by event, and watches it: first output, usage, end, errors.
 * Plain deltas after the first output are not even read.
 */
export function createPassThroughStream(options: PassThroughStreamOptions): ReplyPipe {
  const { codec, operation, splitter, hideUsageChunk } = options
  const reader = codec.streamReader(operation)
  const watch = new ReplyWatch()
  let failureShown = false

  const take = (raw: Uint8Array, frame: Frame | null, out: Uint8Array[]) => {
    if (watch.state === 'failed') {
      // Some providers say it twice (`error`, then `response.failed`), and clients read either.
      if (failureShown) out.push(raw)
      return
    }
    if (frame === null || watch.state === 'ended') {
      out.push(raw)
      return
    }
    if (watch.state === 'output' && codec.isPlainDelta(frame)) {
      watch.skip(frame.data.length)
      out.push(raw)
      return
    }
    const events = reader.read(frame)
    watch.see(events, frame.data.length)
    // An event that is not JSON would break the client's parser: it gets a clean error instead.
    const unreadable = watch.failure?.class === 'malformed_reply'
    if (unreadable && parseJson(frame.data) === undefined) return
    if (watch.failure !== null) failureShown = true
    if (hideUsageChunk && isUsageChunk(frame, events)) return
    out.push(raw)
  }

  return {
    push(chunk, out) {
      if (!splitter.push(chunk, (raw, frame) => take(raw, frame, out))) {
        watch.fail(failure('malformed_reply', 'The provider sent an event that does not end.'))
      }
    },
    end(out) {
      splitter.end((raw, frame) => take(raw, frame, out))
      if (watch.state === 'waiting' || watch.state === 'output') watch.see(reader.end())
      if (watch.state !== 'ended') watch.fail(truncated())
    },
    ...stateOf(watch),
    failureShown: () => failureShown,
    finished: () => reader.finished === true,
  }
}

/** Chat Completions' last chunk of `include_usage`: no choices, only usage. */
function isUsageChunk(frame: Frame, events: readonly ReplyEvent[]): boolean {
  return (
    events.some((event) => event.type === 'usage') && /"choices"\s*:\s*\[\s*\]/.test(frame.data)
  )
}

export function truncated() {
  return failure('truncated', 'The provider ended the stream before the reply was complete.')
}
