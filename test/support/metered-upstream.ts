import { createServer, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { isObject, type JsonObject, parseJson, stringAt } from '../../src/core/json.ts'

/** How one request is to be answered. */
export interface Answering {
  /** Until the first word, and between words; a whole reply comes after all of them. */
  readonly firstMs?: number
  readonly wordMs?: number
  readonly words?: number
  /** Reported as usage, in the names of the API; of a stream in its last chunk. undefined: nothing is. */
  readonly usage?: unknown
  /** Another status, without a reply. */
  readonly status?: number
}

/** One request that arrived. */
export interface Metered {
  /** 0 for the first. */
  readonly number: number
  readonly model: string
  readonly body: JsonObject
  readonly arrivedMs: number
  /** Words of a stream that were sent so far. */
  said: number
  /** Of the reply; null: it has not ended yet, `left`: the other side went away before. */
  ended: 'whole' | 'left' | null
  endedMs: number | null
}

export interface MeteredUpstream {
  /** What stands before `/chat/completions`. */
  readonly baseUrl: string
  readonly seen: readonly Metered[]
  /** The most that ran at the same time. */
  mostAtOnce(): number
}

/** A provider of chat completions that keeps a log of what it was asked, and answers as it is told. */
export async function startMeteredUpstream(
  answering: (asked: Metered) => Answering = () => ({}),
): Promise<MeteredUpstream> {
  const seen: Metered[] = []
  let running = 0
  let most = 0
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const parsed = parseJson(Buffer.concat(pieces).toString())
      const body = isObject(parsed) ? parsed : {}
      const model = stringAt(body, 'model') ?? ''
      const arrivedMs = performance.now()
      const asked: Metered = {
        number: seen.length,
        model,
        body,
        arrivedMs,
        said: 0,
        ended: null,
        endedMs: null,
      }
      seen.push(asked)
      running++
      most = Math.max(most, running)
      const over = (how: 'whole' | 'left') => {
        if (asked.ended !== null) return
        running--
        asked.ended = how
        asked.endedMs = performance.now()
      }
      // Before the last byte leaves: who has it may send the next at once.
      response.on('prefinish', () => over('whole'))
      response.on('close', () => over('left'))
      answer(asked, answering(asked), response)
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { baseUrl: `http://127.0.0.1:${port}/v1`, seen, mostAtOnce: () => most }
}

/** Tokens as usage reports them. */
export function usageOf(inputTokens: number, outputTokens: number): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }
}

function answer(asked: Metered, answering: Answering, response: ServerResponse): void {
  const { firstMs = 0, wordMs = 0, words = 1, status } = answering
  const usage = 'usage' in answering ? answering.usage : usageOf(10, words)
  if (status !== undefined) {
    const error = { message: 'no', type: 'server_error' }
    later(firstMs, () => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error }))
    })
  } else if (asked.body['stream'] === true) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    later(firstMs, () => stream(asked, { wordMs, words, usage }, response))
  } else {
    later(firstMs + words * wordMs, () => {
      const message = { role: 'assistant', content: 'hello' }
      const choices = [{ index: 0, message, finish_reason: 'stop' }]
      response.writeHead(200, { 'content-type': 'application/json' })
      const reply = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }
      response.end(JSON.stringify(reply))
    })
  }
}

function stream(
  asked: Metered,
  { wordMs, words, usage }: { wordMs: number; words: number; usage: unknown },
  response: ServerResponse,
): void {
  const chunk = (choices: readonly object[], more: object = {}) => {
    const event = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
    response.write(`data: ${JSON.stringify({ ...event, ...more })}\n\n`)
  }
  const next = () => {
    if (response.destroyed) return
    if (asked.said < words) {
      const delta = { role: 'assistant', content: `word ${asked.said} ` }
      asked.said++
      chunk([{ index: 0, delta, finish_reason: null }])
      later(wordMs, next)
      return
    }
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])
    chunk([], { usage })
    response.end('data: [DONE]\n\n')
  }
  next()
}

function later(ms: number, act: () => void): void {
  if (ms === 0) act()
  else setTimeout(act, ms)
}
