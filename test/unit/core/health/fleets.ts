import type { Provider, Target } from '../../../../src/core/catalog.ts'
import { type FailureClass, failure } from '../../../../src/core/failure.ts'
import type { Finished } from '../../../../src/core/health/fleet.ts'
import type { Vitals } from '../../../../src/core/health/vitals.ts'
import { unknownCapabilities } from '../../../../src/core/needs.ts'
import { noUsage } from '../../../../src/core/reply.ts'

export function providerNamed(id: string, apiKeys: Provider['apiKeys'] = []): Provider {
  return {
    id,
    knownAs: id,
    enabled: true,
    region: null,
    reach: {
      kind: 'simulated',
      simulation: { timeToFirstTokenMs: 1, tokensPerSecond: 1, errorRate: 0, seed: 1 },
      addresses: new Map(),
    },
    apiKeys,
    strict: false,
    quirks: {},
  }
}

export function targetNamed(name: string, provider = providerNamed('p')): Target {
  return { name, provider, model: name, price: null, capabilities: unknownCapabilities }
}

export const load = { inputTokens: 1_000, outputTokens: 100 }

export function success(outputTokens = 100): Finished {
  const usage = { ...noUsage, inputTokens: 1_000, outputTokens }
  return { result: 'success', failure: null, usage, costNanoUsd: null }
}

export function failing(kind: FailureClass, retryAfterMs: number | null = null): Finished {
  const problem = failure(kind, 'The provider failed.', { retryAfterMs })
  return { result: 'failure', failure: problem, usage: noUsage, costNanoUsd: null }
}

export const cancelled: Finished = {
  result: 'cancelled',
  failure: null,
  usage: noUsage,
  costNanoUsd: null,
}

/** What a request can expect until its last token, put together as the planner does. */
export function totalMs(
  vitals: Vitals,
  inputTokens: number,
  outputTokens: number,
  nowMs: number,
): number | null {
  const firstMs = vitals.firstTokenMs(inputTokens, nowMs)
  return firstMs === null ? null : firstMs + outputTokens * (vitals.msPerOutputToken(nowMs) ?? 0)
}
