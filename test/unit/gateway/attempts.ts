import type { Timeouts } from '../../../src/core/catalog.ts'
import type { Failure } from '../../../src/core/failure.ts'
import { Attempt } from '../../../src/gateway/attempt.ts'
import { codecs } from '../../../src/gateway/codecs.ts'
import type { Clock, Ports, UpstreamObserver } from '../../../src/gateway/ports.ts'
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts'
import { aCandidate, aRequest } from '../core/plans.ts'

/** What an attempt told: the text given out so far, and how it came out. */
export interface Told {
  output: string
  tail: string | null
  failure: Failure | null
}

export interface StartedAttempt {
  readonly attempt: Attempt
  readonly clock: VirtualClock
  /** The provider's side. */
  readonly provider: UpstreamObserver & { say(text: string): void }
  readonly exchange: { paused: boolean; aborted: boolean }
  readonly told: Told
}

export interface AttemptOptions {
  readonly streaming?: boolean
  readonly timeouts?: Partial<Timeouts>
}

const usual: Timeouts = { connectMs: 1_000, firstTokenMs: 5_000, idleMs: 3_000, totalMs: 10_000 }

/** One attempt at a provider that speaks Chat Completions, played by the test. */
export function startAttempt(options: AttemptOptions = {}): StartedAttempt {
  const { streaming = true, timeouts } = options
  const clock = virtualClock()
  const exchange = { paused: false, aborted: false }
  const told: Told = { output: '', tail: null, failure: null }
  let observer: UpstreamObserver | null = null
  const upstream = {
    send(_call: unknown, given: UpstreamObserver) {
      observer = given
      return {
        pause() {
          exchange.paused = true
        },
        resume() {
          exchange.paused = false
        },
        abort() {
          exchange.aborted = true
        },
      }
    },
    close: async () => {},
  }
  const ports = portsWith(clock, upstream)
  const attempt = new Attempt(
    ports,
    { ...aCandidate('p/m'), timeouts: { ...usual, ...timeouts }, score: null, scores: {} },
    {
      kind: 'http',
      call: { origin: 'http://p.test', path: '/v1', method: 'POST', headers: [], body: [] },
      codec: codecs.openai,
      translated: false,
      hideUsageChunk: false,
      secret: null,
      warnings: [],
    },
    aRequest({ streaming: streaming ? 'sse' : null }),
    {
      id: 'wb_1',
      model: 'm',
      createdS: 1,
      includeUsage: true,
      framing: 'sse',
      requestBody: {},
    },
    {
      heard() {},
      output(bytes) {
        const write = (more: readonly Uint8Array[]) => {
          told.output += Buffer.concat(more).toString()
        }
        write(bytes)
        return { write }
      },
      ended(tail) {
        told.tail = Buffer.concat(tail).toString()
      },
      threw(error) {
        throw error
      },
      failed(failure) {
        told.failure = failure
      },
    },
  )
  attempt.start(ports)
  if (observer === null) throw new Error('nothing was sent')
  const heard: UpstreamObserver = observer
  const provider = {
    connected: () => heard.connected(),
    head: heard.head.bind(heard),
    data: heard.data.bind(heard),
    ended: () => heard.ended(),
    failed: heard.failed.bind(heard),
    say: (text: string) => heard.data(Buffer.from(text)),
  }
  return { attempt, clock, provider, exchange, told }
}

function portsWith(clock: Clock, upstream: ReturnType<Ports['upstreams']['of']>): Ports {
  return {
    clock,
    random: () => 0.5,
    newId: () => 'wb_1',
    upstreams: { of: () => upstream },
    languageModels: {
      start() {
        throw new Error('no AI SDK provider here')
      },
    },
    ledger: { append() {}, flush: async () => {}, close: async () => {} },
    telemetry: { started() {}, finished() {} },
  }
}

export const sse = { 'content-type': 'text/event-stream' }
export const json = { 'content-type': 'application/json' }

const event = (body: object) => `data: ${JSON.stringify(body)}\n\n`

export const role = event({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] })
export const word = (content: string) => event({ choices: [{ index: 0, delta: { content } }] })
export const finish = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
export const usage = event({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } })
export const done = 'data: [DONE]\n\n'
export const problem = event({ error: { message: 'The server is overloaded', code: 503 } })

export const wholeReply = JSON.stringify({
  id: 'c',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 2 },
})
