import { describe, expect, it } from 'vitest'
import { Hedging } from '../../../../src/core/execute/hedging.ts'
import { plannedHedge } from '../../../../src/core/execute/planned-hedge.ts'
import { tooDear } from '../../../../src/core/execute/price-guard.ts'
import type { Request } from '../../../../src/core/request.ts'
import { candidate, vitals } from './situations.ts'

function request(options: Partial<Request> = {}): Request {
  return {
    id: 'wb_1',
    endpoint: { dialect: 'openai', operation: 'chat', path: '/chat/completions', streams: null },
    model: 'alias',
    streaming: 'sse',
    user: null,
    inputTokensEstimate: 10,
    maxOutputTokens: null,
    needs: () => ({
      tools: false,
      parallelTools: false,
      vision: false,
      audio: false,
      pdf: false,
      jsonMode: false,
      jsonSchema: false,
      reasoning: false,
      streaming: true,
    }),
    conversationKey: () => null,
    promptSample: () => '',
    repeatable: () => true,
    metadata: {},
    strategy: null,
    timeoutMs: null,
    noFallback: false,
    ...options,
  }
}

const question = {
  settings: { afterMs: 800, share: 0.05 },
  candidates: [candidate('a/m'), candidate('b/m')],
  request: request(),
  vitals: (index: number) => vitals(`p${index}/m`),
  hedging: new Hedging(),
  nowMs: 0,
}
const once = { attempts: 1, backoffMs: 100, maxBackoffMs: 100 }

describe('plannedHedge', () => {
  it('asks the next candidate, or the same again where it stands alone', () => {
    expect(plannedHedge(question)).toEqual({ afterMs: 800, candidate: 1 })
    const lone = { ...question, candidates: [candidate('a/m')] }
    expect(plannedHedge(lone)).toEqual({ afterMs: 800, candidate: 0 })
    const fallback = {
      ...question,
      candidates: [candidate('a/m'), candidate('b/m', { via: 'dear' })],
    }
    expect(plannedHedge(fallback)).toEqual({ afterMs: 800, candidate: 0 })
    const single = { ...question, candidates: [candidate('a/m', { retry: once })] }
    expect(plannedHedge(single)).toBeNull()
  })

  it('races for streams of text that leave nothing behind', () => {
    expect(plannedHedge({ ...question, settings: null })).toBeNull()
    expect(plannedHedge({ ...question, request: request({ streaming: null }) })).toBeNull()
    expect(plannedHedge({ ...question, request: request({ repeatable: () => false }) })).toBeNull()
  })

  it('has no opinion before anything was measured', () => {
    expect(plannedHedge({ ...question, settings: { afterMs: null, share: 0.05 } })).toBeNull()
  })
})

describe('tooDear', () => {
  const first = candidate('a/m', { costNanoUsd: 1_000_000 })

  it('leaves out fallbacks beyond the multiple, and says why', () => {
    const dear = candidate('b/m', { via: 'smart', costNanoUsd: 5_000_000 })
    expect(tooDear(dear, first, 5)).toBeNull()
    expect(tooDear(dear, first, 3)).toEqual({
      target: 'b/m',
      because: 'costs $0.005, 5.0 × the first target; maxPriceMultiplier is 3',
    })
  })

  it('says nothing of the own targets, of unknown prices, or without a limit', () => {
    expect(tooDear(candidate('b/m', { costNanoUsd: 9_000_000 }), first, 3)).toBeNull()
    expect(tooDear(candidate('b/m', { via: 'smart' }), first, 3)).toBeNull()
    const dear = candidate('b/m', { via: 'smart', costNanoUsd: 5_000_000 })
    expect(tooDear(dear, candidate('a/m'), 3)).toBeNull()
    expect(tooDear(dear, first, null)).toBeNull()
  })
})
