import { createMemoryState } from '../../src/adapters/state/memory/memory-state.ts'
import { costNanoUsd } from '../../src/core/account/price.ts'
import type { Target } from '../../src/core/catalog.ts'
import { chargesOf } from '../../src/core/limits/charges-of.ts'
import { openEstimates } from '../../src/core/limits/estimates.ts'
import type { Charge, Limit } from '../../src/core/limits/limit.ts'
import { noNeeds } from '../../src/core/needs.ts'
import { noUsage, type Usage } from '../../src/core/reply.ts'
import type { Request } from '../../src/core/request.ts'
import { createEventQueue } from '../../src/sim/event-queue.ts'

/** A request, and what it will have taken: known to nobody before. */
export interface Asked {
  readonly atMs: number
  readonly inputTokens: number
  /** What is made of its bytes. */
  readonly inputTokensEstimate: number
  readonly outputTokens: number
  readonly maxOutputTokens: number | null
}

export interface Setting {
  readonly limit: Limit
  readonly target: Target
  readonly asked: readonly Asked[]
  /** Served before the limit was set: what estimates rest on. */
  readonly before: readonly Asked[]
  /** When who was refused asks again, from `retryAfterMs`; null: never. */
  readonly retryMs: (retryAfterMs: number) => number | null
  readonly patienceMs: number
}

export interface Played {
  /** What was borrowed when, and came to so much in the end, in units of the limit's metric. */
  readonly taken: readonly { readonly atMs: number; readonly amount: number }[]
  readonly refused: number
  /** Refused although there was more left than needed. */
  readonly refusedFalsely: number
  readonly atFirst: number
  readonly mostUnderWay: number
}

const firstTokenMs = 500
const tokensPerSecond = 50

/** Requests at one limit in virtual time: estimates, books and settling are those of the gateway. */
export async function play(setting: Setting): Promise<Played> {
  const { limit, target, asked, retryMs, patienceMs } = setting
  const events = createEventQueue()
  const startMs = 1_800_000_000_000
  const clock = {
    nowMs: () => startMs + events.nowMs(),
    monotonicMs: () => events.nowMs(),
    after: () => () => {},
  }
  const state = createMemoryState({ clock, store: null })
  await state.open([limit])
  const estimates = openEstimates()
  for (const one of setting.before) {
    estimates.ended(estimates.begun('policy', 'model', requestOf(one)), usageOf(one))
  }
  const taken: { atMs: number; amount: number }[] = []
  let [tickets, underWay, atFirst, mostUnderWay, refused, refusedFalsely] = [0, 0, 0, 0, 0, 0]

  const ask = (one: Asked, sinceMs: number) => {
    const request = requestOf(one)
    const estimate = estimates.estimate('policy', 'model', request, target)
    const charges = chargesOf([{ limit, subject: 'global' }], estimate)
    const ticket = `wb_${++tickets}`
    state.borrow({ ticket, charges, options: [] }, (borrowed) => {
      if (borrowed.granted) serve(one, charges, ticket, borrowed.at)
      else if ('denial' in borrowed) {
        const { retryAfterMs, needed, remaining } = borrowed.denial
        refused++
        if (needed <= remaining) refusedFalsely++
        const waitMs = retryMs(retryAfterMs ?? Number.POSITIVE_INFINITY)
        if (waitMs === null || events.nowMs() + waitMs - sinceMs > patienceMs) return
        events.at(events.nowMs() + waitMs, () => ask(one, sinceMs))
      }
    })
  }
  const serve = (one: Asked, charges: readonly Charge[], ticket: string, at: number) => {
    underWay++
    if (refused === 0) atFirst = underWay
    mostUnderWay = Math.max(mostUnderWay, underWay)
    const usage = usageOf(one)
    const amount = measured(limit, target, usage)
    taken.push({ atMs: events.nowMs(), amount })
    const begun = estimates.begun('policy', 'model', requestOf(one))
    const endMs = events.nowMs() + firstTokenMs + (one.outputTokens / tokensPerSecond) * 1_000
    events.at(endMs, () => {
      underWay--
      state.settle(charges.map((charge) => ({ ticket, charge, actual: amount, at })))
      estimates.ended(begun, usage)
    })
  }
  for (const one of asked) events.at(one.atMs, () => ask(one, one.atMs))
  events.run()
  await state.close()
  return { taken, refused, refusedFalsely, atFirst, mostUnderWay }
}

/** What a limit counts of a reply. */
function measured({ metric }: Limit, target: Target, usage: Usage): number {
  if (metric === 'cost') return costNanoUsd(usage, target.price) ?? Number.NaN
  if (metric === 'outputTokens') return usage.outputTokens
  return usage.inputTokens + usage.outputTokens
}

function usageOf({ inputTokens, outputTokens }: Asked): Usage {
  return { ...noUsage, inputTokens, outputTokens }
}

/** As the gateway would read it. */
export function requestOf({ inputTokensEstimate, maxOutputTokens }: Asked): Request {
  return {
    id: 'wb_1',
    endpoint: { dialect: 'openai', operation: 'chat', path: '/chat/completions', streams: null },
    model: 'model',
    streaming: null,
    user: null,
    inputTokensEstimate,
    maxOutputTokens,
    needs: () => noNeeds,
    conversationKey: () => null,
    promptSample: () => '',
    metadata: {},
    strategy: null,
    timeoutMs: null,
    noFallback: false,
  }
}
