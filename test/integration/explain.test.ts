import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Explanation, explanationOf } from '../../src/core/explain.ts'
import { readAnswer } from '../../src/sim/explain/answer.ts'
import { chatBody } from '../support/ask-chat.ts'
import { startGateway } from '../support/gateway.ts'
import { startPacedUpstream } from '../support/paced-upstream.ts'

const hash = (key: string) => createHash('sha256').update(key).digest('hex')

async function rig(more = '') {
  const { baseUrl } = await startPacedUpstream()
  const provider = (price: number) =>
    `{ dialect: openai, baseUrl: "${baseUrl}", models: { m: { price: { input: ${price}, output: 1 } } } }`
  return startGateway(`
server: { listen: "127.0.0.1:0", bodyLimit: 100kb }
providers: { one: ${provider(1)}, two: ${provider(2)}, off: { dialect: openai, baseUrl: "${baseUrl}", enabled: false } }
models:
  cheap: { strategy: cost, targets: [two/m, one/m, off/m] }
  ring: { strategy: round-robin, targets: [one/m, two/m] }
  drawn: { strategy: random, targets: [one/m, two/m] }
  balanced: { strategy: weighted, targets: [one/m, two/m] }
${more}`)
}

type Headers = Readonly<Record<string, string>>

function post(url: string, path: string, body: string, headers: Headers = {}) {
  const all = { 'content-type': 'application/json', ...headers }
  return fetch(`${url}${path}`, { method: 'POST', headers: all, body })
}

function explain(url: string, body: string, path = '/v1/chat/completions', headers: Headers = {}) {
  return post(url, '/v1/route/explain', `{"path": "${path}", "body": ${body}}`, headers)
}

async function explanation(url: string, body: string): Promise<Explanation> {
  const reply = await explain(url, body)
  expect(reply.status).toBe(200)
  const answer = readAnswer(reply.status, await reply.text())
  if (answer?.ok !== true) throw new Error('this is no explanation')
  return answer.explanation
}

/** Figures fade while the clock runs from the one to the other: they are compared by hand. */
function decision({ id, estimatedLatencyMs, confidence, candidates, ...rest }: Explanation) {
  const shown = candidates.map(({ target, estimatedCostUsd, breaker, scores }) => {
    return { target, estimatedCostUsd, breaker, scores: Object.keys(scores) }
  })
  return { ...rest, candidates: shown }
}

describe('POST /v1/route/explain', () => {
  it('answers what is then recorded, whatever went before', async () => {
    const { url, lastRecord } = await rig()
    for (const model of ['cheap', 'ring', 'ring', 'ring', 'one/m', 'ring']) {
      const before = await explanation(url, chatBody(model))
      const reply = await post(url, '/v1/chat/completions', chatBody(model))
      await reply.text()
      const after = explanationOf(await lastRecord())
      expect(decision(after)).toEqual(decision(before))
      expect(after.candidates.length).toBeGreaterThan(0)
      const expected = before.estimatedLatencyMs
      if (expected === null) expect(after.estimatedLatencyMs).toBeNull()
      else expect(after.estimatedLatencyMs).toBeCloseTo(expected, -1)
      expect(reply.headers.get('x-waybill-target')).toBe(before.target)
      expect(reply.headers.get('x-waybill-reason')).toBe(before.reason)
      expect(reply.headers.get('x-waybill-strategy')).toBe(before.strategy)
    }
  })

  it('refuses what would be refused, in the same words', async () => {
    const { url } = await rig()
    // Two providers list it.
    const before = await explain(url, chatBody('m'))
    const after = await post(url, '/v1/chat/completions', chatBody('m'))
    expect([before.status, after.status]).toEqual([404, 404])
    expect(await before.json()).toEqual(await after.json())
  })

  it('throws the dice of a request again, by its id', async () => {
    const { url } = await rig()
    const seen = new Set<string | null>()
    for (let time = 0; time < 12; time++) {
      const reply = await post(url, '/v1/chat/completions', chatBody('drawn'))
      await reply.text()
      const id = reply.headers.get('x-waybill-id')
      const question = `{"path":"/v1/chat/completions","body":${chatBody('drawn')},"id":"${id}"}`
      const explained = await post(url, '/v1/route/explain', question)
      expect(explained.headers.get('x-waybill-id')).toBe(id)
      const answer = readAnswer(200, await explained.text())
      const target = answer?.ok === true ? answer.explanation.target : null
      expect(target).toBe(reply.headers.get('x-waybill-target'))
      seen.add(target)
    }
    expect(seen.size).toBe(2)
  })

  it('leaves no record, and no turn is used', async () => {
    const { url, records } = await rig()
    const targets = [1, 2, 3].map(async () => (await explanation(url, chatBody('ring'))).target)
    expect(await Promise.all(targets)).toEqual(['one/m', 'one/m', 'one/m'])
    expect(await records()).toEqual([])
  })

  it('says who was left out', async () => {
    const { url } = await rig()
    expect(await explanation(url, chatBody('cheap'))).toMatchObject({
      target: 'one/m',
      provider: 'one',
      resolvedAs: 'alias',
      policy: 'default',
      excluded: [{ target: 'off/m', because: 'provider off is disabled' }],
      limits: [],
    })
  })

  it('takes the headers and the key of the request', async () => {
    const { url } = await rig(`
policies: { default: { allow: [] }, all: { allow: ["*"] } }
clients: { web: { policy: all, key: "sha256:${hash('wb-web')}" } }`)
    const path = '/v1/messages'
    const body = '{"model":"cheap","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}'
    const strategy = { 'x-waybill-strategy': 'failover' }
    expect((await explain(url, body, path, strategy)).status).toBe(403)
    const stranger = await explain(url, body, path, { 'x-api-key': 'wb-web1' })
    expect(stranger.status).toBe(401)
    const known = await explain(url, body, path, {
      ...strategy,
      'x-api-key': 'wb-web',
    })
    expect(await known.json()).toMatchObject({
      policy: 'all',
      strategy: 'failover',
      target: 'two/m',
    })
  })

  it('refuses in the words of the dialect that is asked about', async () => {
    const { url } = await rig()
    const body = '{"model":"chep","messages":[]}'
    const error = async (path: string) => (await explain(url, body, path)).json()
    expect(await error('/v1/messages')).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error', message: expect.stringContaining('Did you mean "cheap"?') },
    })
    expect(await error('/v1beta/models/chep:generateContent')).toMatchObject({
      error: { code: 404, status: 'NOT_FOUND' },
    })
    const nowhere = await explain(url, body, '/v1/files')
    expect(nowhere.status).toBe(404)
    expect(await nowhere.json()).toMatchObject({ error: { param: 'path' } })
  })

  it('is as strict about bodies as the paths it explains', async () => {
    const { url } = await rig()
    expect((await post(url, '/v1/route/explain', '{')).status).toBe(400)
    const large = JSON.stringify({ model: 'ring', messages: [], pad: 'x'.repeat(110_000) })
    expect((await explain(url, large)).status).toBe(413)
    const got = await fetch(`${url}/v1/route/explain`)
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('POST /v1/feedback', () => {
  it('takes a score for a reply of a model that learns', async () => {
    const { url } = await rig('  learns: { strategy: adaptive, targets: [one/m, two/m] }')
    const reply = await post(url, '/v1/chat/completions', chatBody('learns'))
    await reply.text()
    const score = { id: reply.headers.get('x-waybill-id'), score: 0.9 }
    const rated = await post(url, '/v1/feedback', JSON.stringify(score))
    expect([rated.status, await rated.json()]).toEqual([200, score])
    const unknown = await post(url, '/v1/feedback', '{"id":"wb_1","score":1}')
    expect(unknown.status).toBe(404)
    expect((await post(url, '/v1/feedback', 'x'.repeat(20_000))).status).toBe(413)
  })
})
