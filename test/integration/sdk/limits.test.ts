import Anthropic from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { type Rig, startRig } from '../../support/sdk/rig.ts'

const messages = [{ role: 'user' as const, content: 'Hello' }]

interface Caller {
  readonly name: string
  ask(url: string, maxRetries: number): Promise<unknown>
  readonly raises: typeof OpenAI.RateLimitError | typeof Anthropic.RateLimitError
  /** Names of what is left of requests. */
  readonly left: string
  readonly reset: string
}

const openai = (url: string, maxRetries: number) =>
  new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries })

const likeOpenAi = {
  raises: OpenAI.RateLimitError,
  left: 'x-ratelimit-remaining-requests',
  reset: 'x-ratelimit-reset-requests',
}

const callers: readonly Caller[] = [
  {
    name: 'openai chat',
    ask: (url, maxRetries) =>
      openai(url, maxRetries).chat.completions.create({ model: 'chat/small', messages }),
    ...likeOpenAi,
  },
  {
    name: 'openai responses',
    ask: (url, maxRetries) =>
      openai(url, maxRetries).responses.create({ model: 'responses/small', input: 'Hello' }),
    ...likeOpenAi,
  },
  {
    name: 'anthropic',
    ask: (url, maxRetries) =>
      new Anthropic({ apiKey: 'none', baseURL: url, maxRetries }).messages.create({
        model: 'messages/small',
        max_tokens: 100,
        messages,
      }),
    raises: Anthropic.RateLimitError,
    left: 'anthropic-ratelimit-requests-remaining',
    reset: 'anthropic-ratelimit-requests-reset',
  },
]

const limits = (entry: string) => `limits: { global: [{ ${entry} }] }\n`

/** Statuses and times of arrival of all requests, the first one first. */
async function arrivals(rig: Rig): Promise<[status: number, atMs: number][]> {
  const records = await rig.gateway.records()
  return records
    .map(({ status, arrivedAtMs }): [number, number] => [status, arrivedAtMs])
    .sort(([, one], [, other]) => one - other)
}

describe.each(callers)('$name over a limit', ({ ask, raises, left, reset }) => {
  it('raises its own error for it, with what is left in the headers', async () => {
    const rig = await startRig(limits('per: minute, requests: 1'))
    await ask(rig.gateway.url, 0)
    const error: unknown = await ask(rig.gateway.url, 0).catch((problem: unknown) => problem)
    if (!(error instanceof raises)) throw new Error(`${error} is no RateLimitError`)
    expect(error.status).toBe(429)
    expect(error.message).toMatch(
      /The limit of 1 request per minute for all clients together is used up: 1 needed, 0 left; try again in (6[01]|5\d) s\./,
    )
    expect(error.headers?.get(left)).toBe('0')
    expect(error.headers?.get(reset)).toMatch(/^(5\d(\.\d+)?s|1m0(\.\d+)?s|20\d\d-.*Z)$/)
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(50)
    expect(error.headers?.get('x-should-retry')).toBeNull()
    expect(rig.mock.log.requests()).toHaveLength(1)
    expect(await rig.record()).toMatchObject({
      status: 429,
      failureClass: 'rate_limited',
      attempts: [],
      limits: [{ scope: 'global', metric: 'requests', per: 'minute', remaining: 0, needed: 1 }],
    })
  })

  it('waits as long as it is told, and gets its reply', async () => {
    const rig = await startRig(limits('per: second, requests: 1'))
    await ask(rig.gateway.url, 0)
    await ask(rig.gateway.url, 1)
    const [first, refused, second, ...more] = await arrivals(rig)
    expect([first?.[0], refused?.[0], second?.[0], more]).toEqual([200, 429, 200, []])
    // By itself it would have waited for half a second.
    expect((second?.[1] ?? 0) - (refused?.[1] ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('does not sleep for an hour', async () => {
    const rig = await startRig(limits('per: hour, requests: 1'))
    await ask(rig.gateway.url, 0)
    const error: unknown = await ask(rig.gateway.url, 5).catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(raises)
    expect(await arrivals(rig)).toHaveLength(2)
  })
})

describe('google genai over a limit', () => {
  it('raises its own error, with the wait in the body', async () => {
    const rig = await startRig(limits('per: minute, requests: 1'))
    const sdk = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: rig.gateway.url } })
    const ask = () => sdk.models.generateContent({ model: 'content/small', contents: 'Hello' })
    await ask()
    const error: unknown = await ask().catch((problem: unknown) => problem)
    if (!(error instanceof ApiError)) throw new Error(`${error} is no ApiError`)
    expect(error.status).toBe(429)
    expect(JSON.parse(error.message)).toMatchObject({
      error: {
        status: 'RESOURCE_EXHAUSTED',
        message: expect.stringContaining('The limit of 1 request per minute'),
        details: expect.arrayContaining([
          {
            '@type': 'type.googleapis.com/google.rpc.RetryInfo',
            retryDelay: expect.stringMatching(/^(60|5\d)(\.\d+)?s$/),
          },
        ]),
      },
    })
  })
})
