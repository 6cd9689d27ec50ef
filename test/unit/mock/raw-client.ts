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

/** Sends bytes and collects the answer until the other side ends it, or for `forMs`. */
export function rawRequest(port: number, request: string, forMs = 300): Promise<RawReply> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request))
    const finish = (end: RawReply['end']) => {
      clearTimeout(timeout)
      socket.destroy()
      const bytes = Buffer.concat(pieces)
      resolve({ bytes, text: bytes.toString('utf8'), pieces, end })
    }
    const timeout = setTimeout(finish, forMs, 'open')
    socket.on('data', (piece) => pieces.push(piece))
    socket.on('end', () => finish('fin'))
    socket.on('error', () => finish('rst'))
  })
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
    .map((data) => /"delta":\{"content":("(?:[^"\\]|\\.)*")\}/.exec(data)?.[1] ?? data)
    .map((text) => (text.startsWith('"') ? JSON.parse(text) : text))
}
