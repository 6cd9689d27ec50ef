import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FailureClass } from '../../src/core/failure.ts'
import { type Dialect, dialects } from '../../src/core/request.ts'
import { askFor } from '../support/replay-ask.ts'
import { findingsOf, post } from '../support/replay-client.ts'
import { corpusPresent, type Exchange, loadExchanges } from '../support/replay-corpus.ts'
import { expectedFailure } from '../support/replay-expected-failure.ts'
import { publicName, type ReplayGateway, startReplayGateway } from '../support/replay-gateway.ts'
import { sdks } from '../support/replay-sdk.ts'
import { readSdkError, sdkErrorType } from '../support/replay-sdk-errors.ts'

const chatApis = ['chat.completions', 'responses', 'messages', 'generateContent']
const errors = loadExchanges().filter(
  ({ status, features }) =>
    status >= 400 || features.some((label) => /^(stream_error|error_in_200)$/.test(label)),
)
const inStream = errors.filter(({ sse }) => sse !== null)
const chatErrors = errors.filter(({ api }) => chatApis.includes(api))

/** The status Waybill answers with where it does not hand on the provider's, per docs/reference. */
const ownStatus: Partial<Readonly<Record<FailureClass, number>>> = {
  invalid_request: 400,
  context_length_exceeded: 400,
  content_filtered: 400,
  model_not_found: 404,
  request_too_large: 413,
  provider_rate_limited: 429,
  provider_quota_exhausted: 429,
  provider_auth: 502,
  overloaded: 503,
  server_error: 502,
  timeout: 504,
  malformed_reply: 502,
  truncated: 502,
}

describe.skipIf(!corpusPresent)('recorded errors', () => {
  let gateway: ReplayGateway
  beforeAll(async () => {
    gateway = await startReplayGateway(errors)
  })
  afterAll(() => gateway.close())

  it('there are many, of all kinds', () => {
    expect(errors.length).toBeGreaterThan(60)
    expect(inStream.length).toBeGreaterThan(0)
    expect(new Set(errors.map(({ status }) => status)).size).toBeGreaterThan(8)
  })

  it('are classed as their words say and reach a client of their dialect unchanged', async () => {
    const misjudged: string[] = []
    const findings = await findingsOf(errors, async (exchange) => {
      const ask = askFor(exchange)
      const answer = await post(
        `${gateway.url}${ask.path}`,
        { 'content-type': ask.contentType },
        ask.body,
      )
      const record = await gateway.record(String(answer.headers['x-waybill-id']))
      const wanted = expectedFailure(exchange)
      if (record.failureClass === null || !wanted.includes(record.failureClass)) {
        misjudged.push(`${exchange.id}: ${record.failureClass}, not ${wanted.join(' or ')}`)
      }
      const found: string[] = []
      if (record.outcome !== 'failure') found.push(`is recorded as a ${record.outcome}`)
      if (record.failureMessage === '') found.push('has no message')
      if (answer.status !== exchange.status) found.push(`status ${answer.status}`)
      if (!answer.body.equals(exchange.bytes)) found.push(`body ${answer.body}`)
      if (exchange.sse === null && answer.headers['x-should-retry'] !== 'false') {
        found.push('lets SDKs try again')
      }
      return found.map((finding) => `${exchange.id}: ${finding}`)
    })
    expect(findings).toEqual([])
    expect(misjudged.length / errors.length, misjudged.join('\n')).toBeLessThanOrEqual(0.02)
  }, 60_000)

  const pairs = dialects.flatMap((provider) =>
    dialects.filter((client) => client !== provider).map((client) => ({ provider, client })),
  )

  it.each(pairs)(
    'of $provider make the SDK of $client raise its own',
    async ({ provider, client }) => {
      const some = chatErrors.filter(({ dialect }) => dialect === provider)
      expect(await findingsOf(some, (exchange) => raised(exchange, client))).toEqual([])
    },
    60_000,
  )

  const raised = async (exchange: Exchange, client: Dialect): Promise<string[]> => {
    gateway.replay.take(exchange.id)
    const caught = await sdks[client](gateway.url, publicName(exchange), exchange.streaming).then(
      (said) => `read ${JSON.stringify(said)}`,
      (error: unknown) => readSdkError(client, error),
    )
    if (typeof caught === 'string') return [`${exchange.id}: ${caught}`]
    const found: string[] = []
    const statuses = expectedFailure(exchange).map((wanted) => ownStatus[wanted])
    if (caught.status !== null && !statuses.includes(caught.status)) {
      found.push(`status ${caught.status}, not ${statuses.join(' or ')}`)
    }
    if (caught.status === null && exchange.sse === null && client !== 'gemini')
      found.push('no status')
    const type = sdkErrorType(client, caught.status)
    if (caught.type !== type) found.push(`raised ${caught.type}, not ${type}`)
    if (caught.word === null) found.push(`has not the form of ${client}`)
    const asked = gateway.replay.take(exchange.id).length
    if (asked !== 1) found.push(`asked the provider ${asked} times`)
    return found.map((finding) => `${exchange.id}: ${finding}`)
  }
})
