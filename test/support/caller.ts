import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { onTestFinished } from 'vitest'

export interface Call {
  readonly path?: string
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
  /** When the client goes away: after so many bytes of the reply, or so long after asking. */
  readonly leave?: { readonly afterBytes: number } | { readonly afterMs: number }
}

export interface Called {
  /** 0: no answer came, or the client went before. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Properly ended by HTTP's own rules. */
  readonly complete: boolean
  readonly totalMs: number
}

export interface Caller {
  /** Never rejects. */
  ask(call: Call): Promise<Called>
}

/** Asks on connections that are kept, as client libraries do; for thousands of requests. */
export function openCaller(url: string): Caller {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  onTestFinished(() => agent.destroy())
  return { ask: (call) => asked({ agent, hostname, port }, call) }
}

/** A chat of a few words; the model says what becomes of it. */
export function chatOf(model: string, more: object = {}): object {
  return { model, messages: [{ role: 'user', content: 'Where is the parcel?' }], ...more }
}

interface Way {
  readonly agent: Agent
  readonly hostname: string
  readonly port: string
}

function asked(way: Way, { path = '/v1/chat/completions', body, headers, leave }: Call) {
  const startMs = performance.now()
  return new Promise<Called>((resolve) => {
    let status = 0
    let bytes = 0
    let answered: IncomingHttpHeaders = {}
    const pieces: Buffer[] = []
    const end = (complete: boolean) => {
      const text = Buffer.concat(pieces).toString()
      const totalMs = performance.now() - startMs
      resolve({ status, headers: answered, text, complete, totalMs })
    }
    const asking = request(
      {
        ...way,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        status = response.statusCode ?? 0
        answered = response.headers
        response.on('data', (piece: Buffer) => {
          pieces.push(piece)
          bytes += piece.length
          if (leave !== undefined && 'afterBytes' in leave && bytes >= leave.afterBytes) {
            asking.destroy()
          }
        })
        response.on('error', () => {})
        response.on('close', () => end(response.complete))
      },
    )
    asking.on('error', () => end(false))
    asking.end(JSON.stringify(body))
    if (leave !== undefined && 'afterMs' in leave) {
      const timer = setTimeout(() => asking.destroy(), leave.afterMs)
      asking.on('close', () => clearTimeout(timer))
    }
  })
}
