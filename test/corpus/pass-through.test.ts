import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objectAt, parseJson } from '../../src/core/json.ts'
import { edgeHeaders, newHeaders } from '../support/replay.ts'
import { type Ask, askFor } from '../support/replay-ask.ts'
import { atEveryByte, atRandom } from '../support/replay-borders.ts'
import { findingsOf, post, type RawAnswer } from '../support/replay-client.ts'
import { corpusPresent, type Exchange, loadExchanges } from '../support/replay-corpus.ts'
import {
  clientKey,
  providerKey,
  providerPlace,
  type ReplayGateway,
  startReplayGateway,
} from '../support/replay-gateway.ts'
import { asArray, compressed, variedStreams } from '../support/replay-varied.ts'

const exchanges = loadExchanges()
const streams = exchanges.filter(({ kind }) => kind === 'sse')
const wholes = exchanges.filter(({ kind }) => kind !== 'sse')

/** What a client sends of its own: all of it reaches the provider. */
const clientHeaders = {
  accept: 'application/json, text/event-stream',
  'user-agent': 'some-sdk/1.0',
  'x-request-id': 'client-1',
  'anthropic-beta': 'context-1m-2025-08-07',
  'openai-beta': 'assistants=v2',
  'x-stainless-retry-count': '0',
  'x-new-in-2032': 'a "quoted" word',
}

/** What opens the gateway or belongs to one connection: none of it does. */
const ownHeaders = {
  authorization: `Bearer ${clientKey}`,
  'x-api-key': clientKey,
  'api-key': clientKey,
  'x-goog-api-key': clientKey,
  cookie: 'session=client',
  'openai-organization': 'org-client',
  'x-forwarded-for': '10.0.0.1',
  'x-waybill-user': 'someone',
  te: 'trailers',
  connection: 'keep-alive, x-only-for-this-hop',
  'x-only-for-this-hop': 'secret',
}

/** Set by the provider's edge for its own clients, or written anew by each hop. */
const notPassed = new Set([
  ...Object.keys(edgeHeaders),
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'server',
  'strict-transport-security',
  'transfer-encoding',
])

describe.skipIf(!corpusPresent)('recorded exchanges through a gateway of the same dialect', () => {
  let gateway: ReplayGateway
  beforeAll(async () => {
    gateway = await startReplayGateway(exchanges)
  })
  beforeEach(() => {
    gateway.replay.borders = null
    gateway.replay.change = (exchange) => exchange
  })
  afterAll(() => gateway.close())

  const send = (ask: Ask) => {
    const headers = { ...clientHeaders, ...ownHeaders, 'content-type': ask.contentType }
    return post(`${gateway.url}${ask.path}`, headers, ask.body)
  }

  it('there are many of every dialect', () => {
    for (const dialect of ['openai', 'openai-responses', 'anthropic', 'gemini']) {
      expect(exchanges.filter((one) => one.dialect === dialect).length).toBeGreaterThan(50)
    }
  })

  it('pass both ways byte for byte', async () => {
    const findings = await findingsOf(exchanges, async (exchange) => {
      const ask = askFor(exchange)
      const answer = await send(ask)
      return [
        ...answerFindings(exchange, ask, answer),
        ...headerFindings(exchange, answer),
        ...requestFindings(exchange, ask, gateway),
      ].map((finding) => `${exchange.id}: ${finding}`)
    })
    expect(findings).toEqual([])
  }, 60_000)

  it('pass whole wherever a stream is cut', async () => {
    gateway.replay.borders = atRandom
    expect(await bytesFindings(streams)).toEqual([])
  }, 60_000)

  it('pass whole wherever a body is cut', async () => {
    gateway.replay.borders = atRandom
    expect(await bytesFindings(wholes)).toEqual([])
  }, 60_000)

  it('pass whole when they come byte by byte', async () => {
    gateway.replay.borders = atEveryByte
    const varied = variedStreams(streams)
    expect(varied.length).toBeGreaterThanOrEqual(10)
    expect(await bytesFindings(varied)).toEqual([])
  }, 60_000)

  it('pass as they were before a provider compressed them', async () => {
    gateway.replay.borders = atRandom
    gateway.replay.change = compressed
    expect(await bytesFindings(exchanges)).toEqual([])
  }, 60_000)

  it('pass as one JSON array where Gemini streams so', async () => {
    gateway.replay.borders = atRandom
    gateway.replay.change = asArray
    const some = streams.filter(
      ({ dialect, sse }) => dialect === 'gemini' && !sse?.includes('"error"'),
    )
    const findings = await findingsOf(some, async (exchange) => {
      const ask = askFor(exchange)
      const answer = await send({ ...ask, path: ask.path.replace('?alt=sse', '') })
      return answerFindings(asArray(exchange), ask, answer)
    })
    expect(some.length).toBeGreaterThan(10)
    expect(findings).toEqual([])
  }, 60_000)

  const bytesFindings = (some: readonly Exchange[]) =>
    findingsOf(some, async (exchange) => {
      const ask = askFor(exchange)
      const answer = await send(ask)
      return answerFindings(exchange, ask, answer).map((finding) => `${exchange.id}: ${finding}`)
    })
})

function answerFindings(exchange: Exchange, ask: Ask, answer: RawAnswer): string[] {
  const findings: string[] = []
  if (answer.status !== exchange.status) findings.push(`status ${answer.status}`)
  const expected = ask.usageUnasked ? withoutUsageChunk(exchange) : exchange.bytes
  if (!answer.body.equals(expected)) findings.push(difference('reply', answer.body, expected))
  return findings
}

/**
 * The one exception: Waybill asks for usage where the client did not, and does not show the chunk
 * that answers this. It has usage and no choices.
 */
function withoutUsageChunk({ sse, bytes }: Exchange): Buffer {
  if (sse === null) return bytes
  const events = sse.split(/(?<=\r?\n\r?\n)/)
  const shown = events.filter((event) => {
    const chunk = parseJson(/^data: ?(.*)/m.exec(event)?.[1] ?? '')
    if (!isObject(chunk) || !Array.isArray(chunk['choices'])) return true
    return chunk['choices'].length > 0 || !isObject(chunk['usage'])
  })
  return Buffer.from(shown.join(''))
}

function headerFindings(exchange: Exchange, answer: RawAnswer): string[] {
  const findings: string[] = []
  const recorded = { ...exchange.headers, ...newHeaders }
  for (const [name, value] of Object.entries(recorded)) {
    if (notPassed.has(name)) continue
    // What the gateway has tried, SDKs must not try again.
    if (name === 'x-should-retry' && exchange.status >= 400) continue
    const passed = String(answer.headers[name])
    if (passed !== [value].flat().join(', ')) findings.push(`header ${name}: ${passed}`)
  }
  for (const name of Object.keys(edgeHeaders)) {
    const shown = String(answer.headers[name] ?? '')
    if (/secret|forged|Basic|timeout=7|h3=/.test(shown)) findings.push(`header ${name}: ${shown}`)
  }
  return findings
}

function requestFindings(exchange: Exchange, ask: Ask, { replay }: ReplayGateway): string[] {
  const [seen, ...more] = replay.take(exchange.id)
  if (seen === undefined || more.length > 0) return [`asked for ${more.length + 1} times`]
  const findings: string[] = []
  const { basePath, auth } = providerPlace(exchange)
  if (seen.path !== `${basePath}${ask.passedPath}`) findings.push(`path ${seen.path}`)
  const passed = ask.usageUnasked ? withoutUsageWish(seen.body, ask.passedBody) : seen.body
  if (!passed.equals(ask.passedBody)) findings.push(difference('request', passed, ask.passedBody))
  const expected = { ...clientHeaders, 'content-type': ask.contentType }
  for (const [name, value] of Object.entries(expected)) {
    if (seen.headers[name] !== value) findings.push(`sent ${name}: ${seen.headers[name]}`)
  }
  for (const name of Object.keys(ownHeaders)) {
    const value = String(seen.headers[name] ?? '')
    const ours = name === auth && value.endsWith(providerKey)
    if (!ours && /client|secret|trailers|10\.0|someone|hop/.test(value)) {
      findings.push(`sent ${name}: ${value}`)
    }
  }
  if (!String(seen.headers[auth]).endsWith(providerKey)) findings.push(`no key in ${auth}`)
  return findings
}

/** Takes the wish for usage out of the body again, after making sure that it is there. */
function withoutUsageWish(body: Buffer, asked: Buffer): Buffer {
  const sent = parsed(body)
  const options = objectAt(sent, 'stream_options') ?? {}
  if (options['include_usage'] !== true) return Buffer.from('no include_usage')
  const given = objectAt(parsed(asked), 'stream_options')
  const wish = `"stream_options":${JSON.stringify(options)},`
  const text = body.toString()
  return Buffer.from(
    given === null
      ? text.replace(wish, '')
      : text.replace(JSON.stringify(options), JSON.stringify(given)),
  )
}

function parsed(body: Buffer): JsonObject {
  const value = parseJson(body.toString())
  return isObject(value) ? value : {}
}

function difference(what: string, got: Buffer, wanted: Buffer): string {
  let at = 0
  while (at < got.length && got[at] === wanted[at]) at++
  const show = (bytes: Buffer) => JSON.stringify(bytes.subarray(at, at + 80).toString())
  return `${what} differs at ${at} of ${wanted.length}: ${show(got)} instead of ${show(wanted)}`
}
