import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/core/request.ts'
import { askFor } from '../support/replay-ask.ts'
import { findingsOf, post } from '../support/replay-client.ts'
import { corpusPresent, type Exchange, loadExchanges, seedOf } from '../support/replay-corpus.ts'
import { publicName, type ReplayGateway, startReplayGateway } from '../support/replay-gateway.ts'
import { type Oddity, oddities } from '../support/replay-oddities.ts'
import { recordedReply } from '../support/replay-recorded.ts'
import { differences } from '../support/replay-said.ts'
import { sdks } from '../support/replay-sdk.ts'

const chatApis = ['chat.completions', 'responses', 'messages', 'generateContent']
const replies = loadExchanges().filter(
  ({ api, status, features }) =>
    chatApis.includes(api) && status === 200 && !features.includes('stream_error'),
)

/** Which SDK reads which provider here; every dialect writes once and reads once. */
const readers: Readonly<Record<Dialect, Dialect>> = {
  openai: 'openai-responses',
  'openai-responses': 'anthropic',
  anthropic: 'gemini',
  gemini: 'openai',
}

describe.skipIf(!corpusPresent)('recorded replies, written as no schema foresees', () => {
  let gateway: ReplayGateway
  beforeAll(async () => {
    gateway = await startReplayGateway(replies)
  })
  afterAll(() => gateway.close())

  /** A third of what an oddity changes, another third for each: together they meet everything. */
  const changed = (oddity: Oddity) => {
    gateway.replay.change = (exchange) => oddity.change(exchange) ?? exchange
    const third = oddities.indexOf(oddity) % 3
    const some = replies.filter(
      (exchange) => seedOf(exchange.id) % 3 === third && oddity.change(exchange) !== null,
    )
    expect(some.length).toBeGreaterThan(5)
    return some
  }

  it.each(oddities)(
    '$name: passed on as they are',
    async (oddity) => {
      expect(await findingsOf(changed(oddity), (exchange) => passed(exchange, oddity))).toEqual([])
    },
    60_000,
  )

  it.each(oddities)(
    '$name: read in another dialect',
    async (oddity) => {
      expect(await findingsOf(changed(oddity), read)).toEqual([])
    },
    60_000,
  )

  const passed = async (exchange: Exchange, oddity: Oddity) => {
    const ask = askFor(exchange)
    if (ask.usageUnasked) return []
    const headers = { 'content-type': ask.contentType }
    const { status, body } = await post(`${gateway.url}${ask.path}`, headers, ask.body)
    const wanted = oddity.change(exchange)?.bytes
    if (status === exchange.status && wanted?.equals(body) === true) return []
    return [`${exchange.id}: status ${status}, ${body.subarray(0, 200)}`]
  }

  const read = async (exchange: Exchange) => {
    const ask = sdks[readers[exchange.dialect]]
    const got = await ask(gateway.url, publicName(exchange), exchange.sse !== null).catch(
      (error: unknown) => `threw ${error}`,
    )
    const found = typeof got === 'string' ? [got] : differences(recordedReply(exchange), got)
    return found.map((finding) => `${exchange.id}: ${finding}`)
  }
})
