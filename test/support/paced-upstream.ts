import { createServer, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { isObject, parseJson } from '../../src/core/json.ts'

export interface PacedUpstream {
  /** What stands before `/chat/completions`. */
  readonly baseUrl: string
  /** Streams that are being sent. */
  streaming(): number
}

/**
 * A provider of chat completions that says one word after the other: the model `20x50` sends 20 words,
 * one every 50 ms; any other model answers at once. Whole replies come after all their words.
 */
export async function startPacedUpstream(): Promise<PacedUpstream> {
  let streaming = 0
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body = parseJson(Buffer.concat(pieces).toString())
      const asked = isObject(body) ? body : {}
      const [words = 1, everyMs = 0] = String(asked['model']).split('x').map(Number)
      const pace = Number.isInteger(words + everyMs) ? { words, everyMs } : { words: 1, everyMs: 0 }
      if (asked['stream'] === true) {
        streaming++
        response.on('close', () => streaming--)
        stream(response, pace)
      } else setTimeout(() => answer(response), pace.words * pace.everyMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { baseUrl: `http://127.0.0.1:${port}/v1`, streaming: () => streaming }
}

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

function answer(response: ServerResponse): void {
  const message = { role: 'assistant', content: 'hello' }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage }),
  )
}

function stream(response: ServerResponse, pace: { words: number; everyMs: number }): void {
  const chunk = (delta: object, finish: string | null) => {
    const choices = [{ index: 0, delta, finish_reason: finish }]
    const event = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
    response.write(`data: ${JSON.stringify(event)}\n\n`)
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let said = 0
  const next = () => {
    if (response.destroyed) return
    if (said < pace.words) {
      chunk({ role: 'assistant', content: `word${said++} ` }, null)
      setTimeout(next, pace.everyMs)
      return
    }
    chunk({}, 'stop')
    response.write(`data: ${JSON.stringify({ id: 'c1', choices: [], usage })}\n\n`)
    response.end('data: [DONE]\n\n')
  }
  next()
}
