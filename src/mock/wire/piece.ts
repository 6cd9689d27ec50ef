import type { FramePart, ReplyFrame } from './frame.ts'

/** Bytes of a reply's body that are written together. */
export interface Piece {
  readonly bytes: string | Uint8Array
  /** When it is due, in milliseconds since the request had arrived. */
  readonly atMs: number
  readonly part: FramePart
  readonly tokens: number
  /** Written alone: not joined with what is due at the same time. */
  readonly apart?: boolean
  /** So many bytes more are announced with it (in its chunk) and never sent. */
  readonly lostBytes?: number
}

/** When a frame is due. */
export type Pace = (frame: Pick<ReplyFrame, 'part' | 'tokens'>) => number

export function* ssePieces(
  frames: Iterable<ReplyFrame>,
  pace: Pace,
  crlf: boolean,
): Generator<Piece> {
  const end = crlf ? '\r\n' : '\n'
  for (const frame of frames) {
    const { event, data, part, tokens } = frame
    const name = event === null ? '' : `event: ${event}${end}`
    yield { bytes: `${name}data: ${data}${end}${end}`, atMs: pace(frame), part, tokens }
  }
}

/** Frames as the elements of one JSON array; its closing bracket is the terminal piece. */
export function* jsonArrayPieces(frames: Iterable<ReplyFrame>, pace: Pace): Generator<Piece> {
  let opening = '['
  let spoken = 0
  for (const frame of frames) {
    const { data, part, tokens } = frame
    yield { bytes: `${opening}${data}`, atMs: pace(frame), part, tokens }
    opening = '\n,\r\n'
    spoken = tokens
  }
  const last = { part: 'terminal', tokens: spoken } as const
  yield { ...last, bytes: opening === '[' ? '[]' : '\n]', atMs: pace(last) }
}
