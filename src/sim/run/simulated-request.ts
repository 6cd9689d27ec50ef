import type { StrategyName } from '../../core/catalog.ts'
import { type Needs, noNeeds } from '../../core/needs.ts'
import type { Endpoint, Request } from '../../core/request.ts'
import type { Arrival } from '../traffic/arrival.ts'

/** A trace knows times and lengths only: a plain chat, streamed. */
const endpoint: Endpoint = {
  dialect: 'openai',
  operation: 'chat',
  path: '/chat/completions',
  streams: null,
}

const needs: Needs = { ...noNeeds, streaming: true }

/**
 * `strategy` stands for the header `x-waybill-strategy`; null leaves the choice to the configuration. Each
 * comes from a user of its own: without any, a traffic split would send all of them to one arm.
 */
export function simulatedRequest(
  index: number,
  arrival: Arrival,
  model: string,
  strategy: StrategyName | null,
): Request {
  return {
    id: `sim_${index}`,
    endpoint,
    model,
    streaming: 'sse',
    user: `user ${index}`,
    inputTokensEstimate: arrival.inputTokens,
    maxOutputTokens: null,
    needs: () => needs,
    conversationKey: () => null,
    promptSample: () => '',
    repeatable: () => true,
    metadata: {},
    strategy,
    timeoutMs: null,
    noFallback: false,
  }
}
