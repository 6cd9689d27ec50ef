import type { Behaviour, Capacity } from '../scenario/scenario.ts'
import type { Answer } from './answer.ts'
import { drawAnswer, refusal } from './draw-answer.ts'

/** One call at a simulated target. */
export interface Call {
  /** In and out, for `capacity.tokens`. */
  readonly tokens: number
  readonly inputTokens: number
  readonly random: () => number
  /** The target takes the call on, now or when its turn in the queue comes. */
  readonly answered: (answer: Answer) => void
}

/** What a call occupies until it ends. */
export interface Place {
  /** The call is over, or was given up while it waited. Asked twice, it does nothing. */
  leave(): void
}

export interface SimulatedTarget {
  /** A request arrived at the gateway, wherever it will go: a share is one of all requests. */
  requestArrived(): void
  call(call: Call): Place
}

/** Refusals for want of room come at once, about one round trip later. */
const refusedAfterMs = 50

/** So many requests of its share may come in a row, as in any provider's limit. */
const shareBurst = 10

interface Waiting {
  readonly call: Call
  state: 'waiting' | 'running' | 'over'
}

export function createSimulatedTarget(behaviour: Behaviour, nowMs: () => number): SimulatedTarget {
  const { capacity } = behaviour
  const queue: Waiting[] = []
  let running = 0
  let tokens = 0
  let shareLeft = shareBurst

  const begin = (entry: Waiting) => {
    entry.state = 'running'
    running++
    tokens += entry.call.tokens
    const { inputTokens, random } = entry.call
    entry.call.answered(drawAnswer(behaviour, inputTokens, nowMs(), random))
  }
  const leave = (entry: Waiting) => {
    if (entry.state === 'over') return
    if (entry.state === 'waiting') queue.splice(queue.indexOf(entry), 1)
    if (entry.state === 'running') {
      running--
      tokens -= entry.call.tokens
    }
    entry.state = 'over'
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (!hasRoom(capacity, running, tokens, next.call.tokens)) return
      queue.shift()
      begin(next)
    }
  }
  return {
    requestArrived() {
      if (capacity.share !== null) shareLeft = Math.min(shareBurst, shareLeft + capacity.share)
    },
    call(call) {
      const entry: Waiting = { call, state: 'waiting' }
      const overShare = capacity.share !== null && shareLeft < 1
      const full = !hasRoom(capacity, running, tokens, call.tokens) || queue.length > 0
      if (overShare || (full && capacity.whenFull === 'refuse')) {
        entry.state = 'over'
        const problem = refusal(429, capacity.retryAfterMs)
        call.answered({ kind: 'failure', afterMs: refusedAfterMs, failure: problem })
        return { leave() {} }
      }
      shareLeft--
      if (full) queue.push(entry)
      else begin(entry)
      return { leave: () => leave(entry) }
    },
  }
}

/** A call that is larger than the whole target runs alone, or it would wait for ever. */
function hasRoom(
  { concurrent, tokens: most }: Capacity,
  running: number,
  tokens: number,
  more: number,
): boolean {
  if (concurrent !== null && running >= concurrent) return false
  return most === null || running === 0 || tokens + more <= most
}
