import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dialect, dialects } from '../../src/core/request.ts'
import { findingsOf } from '../support/replay-client.ts'
import { corpusPresent, type Exchange, loadExchanges } from '../support/replay-corpus.ts'
import { publicName, type ReplayGateway, startReplayGateway } from '../support/replay-gateway.ts'
import { recordedReply } from '../support/replay-recorded.ts'
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

describe.skipIf(!corpusPresent)(
  'recorded replies read by the official SDK of another dialect',
  () => {
    let gateway: ReplayGateway
    beforeAll(async () => {
      gateway = await startReplayGateway(replies)
    })
    afterAll(() => gateway.close())

    it.each(pairs)(
      '$provider read by $client',
      async ({ provider, client }) => {
        const some = replies.filter(({ dialect }) => dialect === provider)
        const findings = await findingsOf(some, (exchange) => compare(exchange, client))
        expect(findings).toEqual([])
      },
      60_000,
    )

    const compare = async (exchange: Exchange, client: Dialect): Promise<string[]> => {
      const streaming = exchange.kind === 'sse'
      const expected = recordedReply(exchange)
      const got = await sdks[client](gateway.url, publicName(exchange), streaming).catch(
        (error: unknown) => `threw ${error}`,
      )
      const found = typeof got === 'string' ? [got] : differences(expected, got)
      return found.map((finding) => `${exchange.id}: ${finding}`)
    }
  },
)
