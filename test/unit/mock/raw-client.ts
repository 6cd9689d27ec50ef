import { connect } from 'node:net'

/** What a socket saw: every byte, how they came in pieces, and how it ended. */
export interface RawReply {
  readonly bytes: Buffer
  readonly text: string
  readonly pieces: readonly Buffer[]
  /** `open`: the connection still stood when the time was up. */
  readonly end: 'fin' | 'rst' | 'open'
}

export function postText(path: string, body: unknown, headers: Record<string, string> = {}) {
  const text = JSON.stringify(body)
  const lines = Object.entries({
    host: 'mock',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`
}

const TURN_MS = 5

/** After a reply that is complete, an end of the connection comes at once or not at all. */
const AFTER_COMPLETE_MS = 20

export interface Patience {
  /**
   * Without a byte for so long the answer counts as `open`. Counted in turns of the event loop, which
   * the mock shares: while the machine is busy elsewhere neither side gets on, and nothing is quiet.
   */
  readonly quietMs?: number
  /** The connection is expected to end even after a complete reply. */
  readonly untilEnd?: boolean
}

/** For answers that end the connection: only a failing test waits so long. */
export const untilEnd: Patience = { quietMs: 3000, untilEnd: true }

/** Sends bytes and collects the answer until the other side ends the connection or patience does. */
export function rawRequest(
  port: number,
  request: string,
  { quietMs = 250, untilEnd = false }: Patience = {},
): Promise<RawReply> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request))
    const finish = (end: RawReply['end']) => {
      clearInterval(turning)
      socket.destroy()
      const bytes = Buffer.concat(pieces)
      resolve({ bytes, text: bytes.toString('utf8'), pieces, end })
    }
    let turnsLeft = quietMs / TURN_MS
    const turning = setInterval(() => {
      turnsLeft -= 1
      if (turnsLeft <= 0) finish('open')
    }, TURN_MS)
    socket.on('data', (piece) => {
      pieces.push(piece)
      const complete = !untilEnd && isComplete(pieces, piece)
      turnsLeft = (complete ? AFTER_COMPLETE_MS : quietMs) / TURN_MS
    })
    socket.on('end', () => finish('fin'))
    socket.on('error', () => finish('rst'))
  })
}

/** The last chunk is there, or as many bytes as the (only) head announces. */
function isComplete(pieces: readonly Buffer[], latest: Buffer): boolean {
  if (latest.subarray(-5).toString('latin1') === '0\r\n\r\n') return true
  const start = (pieces[0] ?? latest).toString('latin1')
  const length = /content-length: (\d+)\r\n/.exec(start)?.[1]
  if (length === undefined || /connection: close/.test(start)) return false
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return total - (start.indexOf('\r\n\r\n') + 4) === Number(length)
}

/** Body of an HTTP reply that came in chunks, and whether the last chunk was there. */
export function readChunked(bytes: Buffer): { body: Buffer; complete: boolean } {
  const parts: Buffer[] = []
  let rest = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  for (;;) {
    const end = rest.indexOf('\r\n')
    if (end < 0) return { body: Buffer.concat(parts), complete: false }
    const length = Number.parseInt(rest.toString('latin1', 0, end), 16)
    if (length === 0) return { body: Buffer.concat(parts), complete: true }
    const part = rest.subarray(end + 2, end + 2 + length)
    parts.push(part)
    rest = rest.subarray(end + 2 + length + 2)
  }
}

export const hello = [{ role: 'user', content: 'Hello there' }]

/** A chat request whose model name carries the behaviour. */
export function chat(behaviour: string, more: Record<string, unknown> = {}) {
  return { model: `mock-small;${behaviour}`, messages: hello, ...more }
}

/** Texts of the deltas of an OpenAI stream, `[DONE]` and other events as they stand. */
export function deltas(sse: string): string[] {
  return sse
    .split(/\r?\n\r?\n/)
    .filter((block) => block.startsWith('data: '))
    .map((block) => block.slice('data: '.length))
    .map((data) => /"delta":\{"content":"((?:[^"\\]|\\.)*)"\}/.exec(data)?.[1] ?? data)
}
