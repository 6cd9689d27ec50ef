import type { Dialect } from '../../core/request.ts'
import type { Header } from './reply.ts'

const MINUTE_MS = 60_000

const openAi: readonly Header[] = [
  ['openai-version', '2020-10-01'],
  ['openai-organization', 'mock'],
  ['openai-processing-ms', '1'],
  ['x-ratelimit-limit-requests', '10000'],
  ['x-ratelimit-limit-tokens', '2000000'],
  ['x-ratelimit-remaining-requests', '9999'],
  ['x-ratelimit-remaining-tokens', '1999000'],
  ['x-ratelimit-reset-requests', '6ms'],
  ['x-ratelimit-reset-tokens', '30ms'],
]

/** The headers a provider of the dialect adds to any answer: its request id, its rate limits. */
export function replyHeaders(dialect: Dialect, id: string, nowMs: number): Header[] {
  switch (dialect) {
    case 'anthropic':
      return anthropic(id, nowMs)
    case 'gemini':
      return [['server-timing', 'gfet4t7; dur=1']]
    default:
      return [['x-request-id', requestId(id)], ...openAi]
  }
}

export function requestId(id: string): string {
  return `req_mock${id}`
}

function anthropic(id: string, nowMs: number): Header[] {
  const reset = new Date(Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS).toISOString()
  const limit = (what: string, most: number, left: number): Header[] => [
    [`anthropic-ratelimit-${what}-limit`, String(most)],
    [`anthropic-ratelimit-${what}-remaining`, String(left)],
    [`anthropic-ratelimit-${what}-reset`, reset],
  ]
  return [
    ['request-id', requestId(id)],
    ['anthropic-organization-id', '00000000-0000-4000-8000-000000000000'],
    ...limit('requests', 4000, 3999),
    ...limit('input-tokens', 400_000, 399_000),
    ...limit('output-tokens', 80_000, 79_000),
  ]
}
