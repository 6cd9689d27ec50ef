import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { clientKey } from './replay-gateway.ts'

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const agent = new Agent({ keepAlive: true })

/** Posts bytes and collects bytes, as plainly as HTTP allows: nothing is decoded or followed. */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(body.length) }
    const key = { authorization: `Bearer ${clientKey}` }
    const options = { method: 'POST', agent, headers: { ...key, ...headers, ...length } }
    const asking = request(url, options, (response) => {
      const received: Buffer[] = []
      response.on('data', (piece: Buffer) => received.push(piece))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode = 0, headers: answered } = response
        resolve({ status: statusCode, headers: answered, body: Buffer.concat(received) })
      })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

/** Runs a check for every item, a few at a time, and gathers what they found wrong. */
export async function findingsOf<T>(
  items: readonly T[],
  check: (item: T) => Promise<readonly string[]>,
): Promise<string[]> {
  const findings: string[] = []
  const waiting = items.values()
  const worker = async () => {
    for (const item of waiting) findings.push(...(await check(item)))
  }
  await Promise.all(Array.from({ length: 6 }, worker))
  return findings.sort()
}
