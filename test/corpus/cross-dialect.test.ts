import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, parseJson } from '../../src/core/json.ts'
import { type Dialect, dialects } from '../../src/core/request.ts'
import { atRandom } from '../support/replay-borders.ts'
import { findingsOf, post } from '../support/replay-client.ts'
import { corpusPresent, type Exchange, loadExchanges } from '../support/replay-corpus.ts'
import { publicName, type ReplayGateway, startReplayGateway } from '../support/replay-gateway.ts'
import { recordedReply } from '../support/replay-recorded.ts'
import { saidByGemini } from '../support/replay-recorded-gemini.ts'
import { differences } from '../support/replay-said.ts'
import { sdks } from '../support/replay-sdk.ts'

const chatApis = ['chat.completions', 'responses', 'messages', 'generateContent']
const replies = loadExchanges().filter(isReply)

/** A success of a chat API. A stream that breaks off with an error is none. */
function isReply({ api, status, features }: Exchange): boolean {
  return chatApis.includes(api) && status === 200 && !features.includes('stream_error')
}

const pairs = dialects.flatMap((provider) =>
  dialects.filter((client) => client !== provider).map((client) => ({ provider, client })),
)

describe.skipIf(!corpusPresent)('recorded replies read in another dialect', () => {
  let gateway: ReplayGateway
  beforeAll(async () => {
    gateway = await startReplayGateway(replies)
    gateway.replay.borders = atRandom
  })
  afterAll(() => gateway.close())

  const of = (dialect: Dialect) => replies.filter((exchange) => exchange.dialect === dialect)

  it.each(dialects)('there are many of %s', (dialect) => {
    const said = of(dialect).map(recordedReply)
    expect(said.filter(({ text }) => text !== '').length).toBeGreaterThan(20)
    expect(said.filter(({ calls }) => calls.length > 0).length).toBeGreaterThan(10)
    expect(said.filter(({ reasoning }) => reasoning !== '').length).toBeGreaterThan(4)
    expect(said.filter(({ cachedTokens }) => cachedTokens !== 0).length).toBeGreaterThan(2)
  })

  it.each(pairs)(
    '$provider read by the SDK of $client',
    async ({ provider, client }) => {
      const findings = await findingsOf(of(provider), (exchange) =>
        compare(exchange, client, exchange.sse !== null),
      )
      expect(findings).toEqual([])
    },
    60_000,
  )

  it.each(pairs)(
    '$provider read by the SDK of $client, whole in spite of a wish to stream',
    async ({ provider, client }) => {
      const wholes = of(provider).filter(({ sse }) => sse === null)
      const findings = await findingsOf(wholes, (exchange) => compare(exchange, client, true))
      expect(findings).toEqual([])
    },
    60_000,
  )

  it.each(['openai', 'openai-responses', 'anthropic'] as const)(
    '%s streamed to a Gemini client as one JSON array',
    async (provider) => {
      const streams = of(provider).filter(({ sse }) => sse !== null)
      expect(await findingsOf(streams, compareArray)).toEqual([])
    },
    60_000,
  )

  const compare = async (exchange: Exchange, client: Dialect, streaming: boolean) => {
    const got = await sdks[client](gateway.url, publicName(exchange), streaming).catch(
      (error: unknown) => `threw ${error}`,
    )
    const found = typeof got === 'string' ? [got] : differences(recordedReply(exchange), got)
    return found.map((finding) => `${exchange.id}: ${finding}`)
  }

  const compareArray = async (exchange: Exchange) => {
    const path = `/v1beta/models/${publicName(exchange)}:streamGenerateContent`
    const ask = Buffer.from('{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}')
    const { body } = await post(
      `${gateway.url}${path}`,
      { 'content-type': 'application/json' },
      ask,
    )
    const chunks = parseJson(body.toString())
    const got = saidByGemini(Array.isArray(chunks) ? chunks.filter(isObject) : [])
    return differences(recordedReply(exchange), got).map((found) => `${exchange.id}: ${found}`)
  }
})
