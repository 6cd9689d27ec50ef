import type { ReplyPipe } from './reply-pipe.ts'

const OPEN_OBJECT = 0x7b
const OPEN_ARRAY = 0x5b

/**
 * Chooses how to read a reply by its first byte that is no white space: the content type is wrong
 * too often. JSON is a whole reply though a stream was asked for; anything else is the stream.
 */
export function createSniffedPipe(whole: () => ReplyPipe, stream: () => ReplyPipe): ReplyPipe {
  const blank: Uint8Array[] = []
  let chosen: ReplyPipe | null = null

  const choose = (byte: number | undefined, out: Uint8Array[]): ReplyPipe => {
    const pipe = byte === OPEN_OBJECT || byte === OPEN_ARRAY ? whole() : stream()
    for (const chunk of blank) pipe.push(chunk, out)
    chosen = pipe
    return pipe
  }

  return {
    push(chunk, out) {
      if (chosen !== null) {
        chosen.push(chunk, out)
        return
      }
      const first = chunk.find((byte) => byte > 0x20)
      if (first === undefined) blank.push(chunk)
      else choose(first, out).push(chunk, out)
    },
    end(out) {
      const pipe = chosen ?? choose(undefined, out)
      pipe.end(out)
    },
    state: () => chosen?.state() ?? 'waiting',
    failure: () => chosen?.failure() ?? null,
    failureShown: () => chosen?.failureShown() ?? false,
    finished: () => chosen?.finished() ?? false,
    tally: () => chosen?.tally() ?? { usage: null, finish: null, outputTokensEstimate: 0 },
  }
}
