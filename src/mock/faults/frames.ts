import type { ReplyFrame } from '../wire/frame.ts'

/**
 * True for the first thing that comes after token `at`: the next output, or the finish of a reply that
 * has no more. All faults with `@k` strike here.
 */
export function isPast(frame: Pick<ReplyFrame, 'part' | 'tokens'>, at: number): boolean {
  switch (frame.part) {
    case 'output':
      return frame.tokens > at
    case 'finish':
    case 'usage':
    case 'terminal':
      return true
    default:
      return false
  }
}

/** The finish comes twice. */
export function* twoFinishes(frames: Iterable<ReplyFrame>): Generator<ReplyFrame> {
  for (const frame of frames) {
    yield frame
    if (frame.part === 'finish') yield frame
  }
}

/** After the end comes more output. */
export function* afterTheEnd(frames: Iterable<ReplyFrame>): Generator<ReplyFrame> {
  let last: ReplyFrame | null = null
  for (const frame of frames) {
    if (frame.part === 'output') last = frame
    yield frame
  }
  if (last !== null) yield { ...last, part: 'terminal' }
}

/** The JSON of one event breaks off in the middle. */
export function* brokenJson(frames: Iterable<ReplyFrame>, at: number): Generator<ReplyFrame> {
  let broken = false
  for (const frame of frames) {
    if (broken || !isPast(frame, at)) {
      yield frame
      continue
    }
    broken = true
    yield { ...frame, data: frame.data.slice(0, Math.ceil(frame.data.length / 2)) }
  }
}

/** An error takes the place of everything after token `at`. */
export function* withError(
  frames: Iterable<ReplyFrame>,
  at: number,
  error: (tokens: number) => ReplyFrame,
): Generator<ReplyFrame> {
  if (at === 0) {
    yield error(0)
    return
  }
  for (const frame of frames) {
    if (isPast(frame, at)) {
      yield error(at)
      return
    }
    yield frame
  }
}
