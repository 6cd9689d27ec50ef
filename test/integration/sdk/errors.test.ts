import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../../../src/core/failure.ts'
import type { Dialect } from '../../../src/core/request.ts'
import { pairs, startRig } from '../../support/sdk/rig.ts'
import type { Ask, Client, Raised, Turn } from '../../support/sdk/talk.ts'

const hello: Turn = { from: 'user', text: 'Hello' }

async function raisedBy(client: Client, asked: Promise<unknown>): Promise<Raised> {
  const error: unknown = await asked.then(
    () => 'it ended cleanly',
    (problem: unknown) => problem,
  )
  const raised = client.raised(error)
  if (raised === null) throw new Error('no error of the SDK', { cause: error })
  return raised
}

interface Refusal {
  readonly behaviour: string
  readonly is: FailureClass
  /** Our own status, where the client does not speak the provider's dialect. */
  readonly status: number
  /** The provider's own, where the client does. */
  readonly own: number | Partial<Record<Dialect, number>>
  readonly message: RegExp
  readonly words: Readonly<Record<Dialect, string>>
}

const words = (code: FailureClass, anthropic: string, gemini: string) => ({
  openai: code,
  'openai-responses': code,
  anthropic,
  gemini,
})

const refusals: readonly Refusal[] = [
  {
    behaviour: 'status=400',
    is: 'invalid_request',
    status: 400,
    own: 400,
    message: /The request is not valid \(simulated\)/,
    words: words('invalid_request', 'invalid_request_error', 'INVALID_ARGUMENT'),
  },
  {
    behaviour: 'error=context-length',
    is: 'context_length_exceeded',
    status: 400,
    own: 400,
    message: /context length|context window|too long|maximum number of tokens/,
    words: words('context_length_exceeded', 'invalid_request_error', 'INVALID_ARGUMENT'),
  },
  {
    behaviour: 'error=auth',
    is: 'provider_auth',
    status: 502,
    own: { openai: 401, 'openai-responses': 401, anthropic: 401, gemini: 400 },
    message: /api.key/i,
    words: words('provider_auth', 'api_error', 'INTERNAL'),
  },
  {
    behaviour: 'error=not-found',
    is: 'model_not_found',
    status: 404,
    own: 404,
    message: /small/,
    words: words('model_not_found', 'not_found_error', 'NOT_FOUND'),
  },
  {
    behaviour: 'status=429;retry-after=21',
    is: 'provider_rate_limited',
    status: 429,
    own: 429,
    message: /rate limit|exhausted/i,
    words: words('provider_rate_limited', 'rate_limit_error', 'RESOURCE_EXHAUSTED'),
  },
  {
    behaviour: 'error=quota',
    is: 'provider_quota_exhausted',
    status: 429,
    own: 429,
    message: /quota/i,
    words: words('provider_quota_exhausted', 'rate_limit_error', 'RESOURCE_EXHAUSTED'),
  },
  {
    behaviour: 'error=billing',
    is: 'provider_quota_exhausted',
    status: 429,
    own: { openai: 402, 'openai-responses': 402, anthropic: 402, gemini: 400 },
    message: /credit/,
    words: words('provider_quota_exhausted', 'rate_limit_error', 'RESOURCE_EXHAUSTED'),
  },
  {
    behaviour: 'status=500',
    is: 'server_error',
    status: 502,
    own: 500,
    message: /server (had an )?error/i,
    words: words('server_error', 'api_error', 'INTERNAL'),
  },
  {
    behaviour: 'error=overloaded',
    is: 'overloaded',
    status: 503,
    own: { openai: 503, 'openai-responses': 503, anthropic: 529, gemini: 503 },
    message: /overloaded/i,
    words: words('overloaded', 'overloaded_error', 'UNAVAILABLE'),
  },
]

describe.each(pairs)('$title', ({ clientOf, provider, model }) => {
  it.each(refusals)('raises $is for $behaviour', async (refusal) => {
    const target = model(`small;${refusal.behaviour}`)
    const once = `models: { asked: { targets: ["${target}"], retry: { attempts: 1 } } }\n`
    const rig = await startRig(once)
    const client = clientOf(rig.gateway.url)
    const own = typeof refusal.own === 'number' ? refusal.own : refusal.own[provider]
    const passes = client.dialect === provider
    const status = passes ? (own ?? 0) : refusal.status
    const ask: Ask = { model: 'asked', turns: [hello] }
    for (const way of ['whole', 'streamed'] as const) {
      const raised = await raisedBy(client, client[way](ask))
      expect(raised).toMatchObject({
        name: client.errorName(status),
        status,
        message: expect.stringMatching(refusal.message),
      })
      if (!passes) expect(raised.word).toBe(refusal.words[client.dialect])
      if (refusal.is === 'provider_rate_limited' && client.dialect !== 'gemini') {
        expect(raised.retryAfter).toBe('21')
      }
    }
    for (const record of await rig.gateway.records()) {
      expect(record).toMatchObject({
        outcome: 'failure',
        status,
        failureClass: refusal.is,
        usage: { inputTokens: 0, outputTokens: 0 },
      })
    }
  })

  it('never takes a whole reply that was cut for a complete one', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    for (const [tokens, fault] of [
      [60, 'cut-fin@30'],
      [60, 'cut-length@30'],
      [20_000, 'cut-fin@19000'],
    ] as const) {
      const ask: Ask = { model: model(`small;tokens=${tokens};fault=${fault}`), turns: [hello] }
      await expect(client.whole(ask)).rejects.toBeInstanceOf(Error)
      expect(await rig.record()).toMatchObject({ outcome: 'failure' })
    }
  })

  it.each([
    ['error-event@5', /error|overloaded/i],
    ['cut-fin@5', /ended|closed|reset|broke|complete/i],
    ['cut-rst@5', /ended|closed|reset|broke|complete/i],
    ['cut-clean@5', /ended|closed|reset|broke|complete/i],
    ['bad-json@5', /read|JSON/],
  ])('raises an error when the stream breaks: %s', async (fault, message) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    let events = 0
    const ask: Ask = { model: model(`small;fault=${fault};tps=500`), turns: [hello] }
    const raised = await raisedBy(
      client,
      client.streamed(ask, () => events++),
    )
    expect(events).toBeGreaterThan(0)
    expect(raised.name).toBe(client.errorName(null))
    expect(raised.message).toMatch(message)
    expect(await rig.record()).toMatchObject({
      outcome: 'failure',
      status: 200,
      attempts: [{ result: 'failure', upstreamStatus: 200 }],
      usageEstimated: true,
    })
  })
})
