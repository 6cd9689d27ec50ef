import { request } from 'node:http'

/** What came back, byte for byte, and how it ended. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Properly ended by HTTP's own rules; false when the connection broke before that. */
  readonly complete: boolean
  /** Until the first byte of the body, and to the end, in milliseconds. */
  readonly firstByteMs: number
  readonly totalMs: number
}

/** Posts JSON on a connection of its own and reads to the end, however it comes. Never rejects. */
export function post(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    let firstByteMs = Number.POSITIVE_INFINITY
    let status = 0
    let answered: Record<string, string> = {}
    const finish = (complete: boolean) => {
      const text = Buffer.concat(pieces).toString()
      resolve({ status, headers: answered, text, complete, firstByteMs, totalMs: elapsedMs() })
    }
    const asking = request(
      url,
      { method: 'POST', agent: false, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        status = response.statusCode ?? 0
        answered = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        )
        response.on('data', (piece: Buffer) => {
          if (pieces.length === 0) firstByteMs = elapsedMs()
          pieces.push(piece)
        })
        response.on('error', () => {})
        response.on('close', () => finish(response.complete))
      },
    )
    asking.on('error', () => finish(false))
    asking.end(JSON.stringify(body))
  })
}
