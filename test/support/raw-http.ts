import { connect } from 'node:net'

export interface RawReply {
  readonly status: number
  readonly head: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The connection closed without a proper end of the reply. */
  readonly broken: boolean
}

/** Sends bytes as they are, for what no client library would send, and reads until the other side closes. */
export function sendRaw(url: string, text: string | readonly string[]): Promise<RawReply> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let received = ''
    socket.on('connect', () => {
      for (const piece of typeof text === 'string' ? [text] : text) socket.write(piece)
    })
    socket.on('data', (data) => {
      received += data.toString('latin1')
      if (isComplete(received)) socket.end()
    })
    socket.on('error', (error) => (received === '' ? reject(error) : undefined))
    socket.on('close', () => resolve(parse(received)))
  })
}

/** A request with its length filled in. */
export function httpRequest(path: string, body: string, headers: readonly string[] = []): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

function isComplete(received: string): boolean {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /^content-length: (\d+)/im.exec(received.slice(0, end))?.[1]
  if (length !== undefined) return received.length >= end + 4 + Number(length)
  return received.endsWith('\r\n0\r\n\r\n')
}

function parse(received: string): RawReply {
  const end = received.indexOf('\r\n\r\n')
  const head = received.slice(0, Math.max(0, end))
  const headers: Record<string, string> = {}
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0)
  return { status, head, headers, body: received.slice(end + 4), broken: !isComplete(received) }
}
