import type { Simulation } from '../../core/catalog.ts'
import { failure } from '../../core/failure.ts'
import type {
  Clock,
  Upstream,
  UpstreamCall,
  UpstreamExchange,
  UpstreamObserver,
} from '../../gateway/ports.ts'
import type { Behaviour } from '../../mock/behaviour/behaviour.ts'
import { noTrouble, openGate, plainBehaviour } from '../../mock/behaviour/behaviour.ts'
import { createBehaviourBook } from '../../mock/behaviour/behaviour-book.ts'
import { createGatekeeper } from '../../mock/behaviour/gate.ts'
import { unanswered } from '../../mock/faults/ending.ts'
import type { Playback, Timer } from '../../mock/play.ts'
import { play } from '../../mock/play.ts'
import type { Premises } from '../../mock/prepare.ts'
import { prepare } from '../../mock/prepare.ts'
import type { MockRequest } from '../../mock/request/mock-request.ts'
import { parseBody } from '../../mock/request/parse-body.ts'
import { usualModels } from '../../mock/wire/models.ts'
import type { PlannedReply } from '../../mock/wire/planned-reply.ts'

/**
 * A provider that exists only in this process: every dialect, answered by the mock's replies (which say
 * that they are simulated), with the latency, pace and share of errors of its configuration.
 */
export function createSimulatedUpstream(simulation: Simulation, clock: Clock): Upstream {
  const premises: Premises = {
    seed: simulation.seed,
    book: createBehaviourBook(behaviourOf(simulation), {}),
    gatekeeper: createGatekeeper(simulation.seed),
    models: usualModels,
    nowMs: () => clock.nowMs(),
    createdS: () => Math.floor(clock.nowMs() / 1000),
  }
  const timer = timerOf(clock)
  const startMs = clock.monotonicMs()
  const playing = new Set<UpstreamExchange>()
  let requests = 0

  return {
    send(call, observer) {
      const request = requestOf(call)
      const prepared = prepare(request, ++requests, timer.nowMs() - startMs, premises)
      const { firstTokenMs, trouble } = prepared.behaviour
      const refusal = unanswered(trouble.faults)
      const exchange =
        refusal === null
          ? playReply(
              () => prepared.plan(),
              observer,
              timer,
              () => playing.delete(exchange),
            )
          : leaveUnanswered(refusal, firstTokenMs, observer, clock)
      playing.add(exchange)
      return exchange
    },
    async close() {
      for (const exchange of playing) exchange.abort()
      playing.clear()
    },
  }
}

function behaviourOf(simulation: Simulation): Behaviour {
  const { timeToFirstTokenMs, tokensPerSecond, errorRate } = simulation
  const healthy = { ...plainBehaviour, firstTokenMs: timeToFirstTokenMs, tokensPerSecond }
  if (errorRate <= 0) return healthy
  return {
    ...healthy,
    trouble: { ...noTrouble, error: 'overloaded' },
    gate: { ...openGate, rate: errorRate },
  }
}

function timerOf(clock: Clock): Timer {
  return {
    nowMs: () => clock.monotonicMs(),
    at: (atMs, callback) => clock.after(Math.max(0, atMs - clock.monotonicMs()), callback),
    soon: (callback) => clock.after(0, callback),
  }
}

function requestOf({ method, path, headers, body }: UpstreamCall): MockRequest {
  const named: Record<string, string> = {}
  for (let index = 0; index + 1 < headers.length; index += 2) {
    named[headers[index] ?? ''] = headers[index + 1] ?? ''
  }
  const bytes = Buffer.concat(body)
  const parsed = parseBody(bytes, named['content-type'])
  return { method, target: path, headers: named, body: parsed, bodyBytes: bytes.length }
}

function playReply(
  plan: () => PlannedReply,
  observer: UpstreamObserver,
  timer: Timer,
  over: () => void,
): UpstreamExchange {
  let playback: Playback | null = null
  let paused = false
  let aborted = false
  const begin = () => {
    if (aborted) return
    observer.connected()
    if (aborted) return
    playback = play(plan(), timer.nowMs(), stage, timer)
    if (aborted) playback.stop()
  }
  const stage = {
    head: ({ status, headers }: PlannedReply) => observer.head(status, joined(headers)),
    piece({ bytes }: { bytes: string | Uint8Array }) {
      if (aborted) return false
      observer.data(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
      return !paused && !aborted
    },
    flush: () => !paused && !aborted,
    end(ending: PlannedReply['ending']) {
      if (ending === 'silence' || aborted) return
      over()
      if (ending === 'finish') observer.ended()
      else observer.failed(failure('truncated', 'The simulated provider broke off its reply.'))
    },
  }
  timer.soon(begin)
  return {
    pause() {
      paused = true
      playback?.pause()
    },
    resume() {
      paused = false
      playback?.resume()
    },
    abort() {
      aborted = true
      playback?.stop()
      over()
    },
  }
}

/** The connection stands, then breaks before any answer, or nothing ever comes. */
function leaveUnanswered(
  how: 'rst' | 'fin' | 'silence',
  afterMs: number,
  observer: UpstreamObserver,
  clock: Clock,
): UpstreamExchange {
  let abort = clock.after(0, () => {
    if (how !== 'silence') abort = clock.after(afterMs, fail)
    observer.connected()
  })
  const fail = () =>
    observer.failed(failure('unreachable', 'The simulated provider closed the connection.'))
  return { pause: () => {}, resume: () => {}, abort: () => abort() }
}

function joined(headers: PlannedReply['headers']): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of headers) {
    const known = result[name]
    result[name] = known === undefined ? value : `${known}, ${value}`
  }
  return result
}
