import { describe, expect, it } from 'vitest'
import { clientKey, count, type Stage, startStage } from './stage.ts'

const adaptive = { adaptive: { exploration: 0.1, minimumSamples: 5 } }
const configuration = {
  models: { chat: { strategy: adaptive, targets: ['a/a', 'b/b'] }, plain: { targets: ['a/a'] } },
}

async function rate(stage: Stage, body: unknown, headers = {}): Promise<Response> {
  return fetch(`${stage.gateway.url}/v1/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** Asks so often, and rates every reply: `a` is useless, or `b` is. */
async function ratedTimes(stage: Stage, times: number, useless: string): Promise<string[]> {
  const from: string[] = []
  for (let time = 0; time < times; time++) {
    const answer = await stage.ask()
    from.push(answer.from)
    const id = answer.headers.get('x-waybill-id')
    const rated = await rate(stage, { id, score: answer.from === useless ? 0.05 : 0.95 })
    expect(rated.status).toBe(200)
  }
  return from
}

describe('adaptive', () => {
  it('goes where clients say replies are good', async () => {
    const stage = await startStage({ configuration })
    await ratedTimes(stage, 40, 'a')
    const from = await ratedTimes(stage, 20, 'a')
    expect(count(from, 'b')).toBeGreaterThanOrEqual(14)
    const record = await stage.record(await stage.ask())
    expect(record.strategy).toBe('adaptive')
    expect(record.reason).toMatch(/expected reward 0\.\d\d over \d+ samples/)
  })

  it('learns the other way round just as well', async () => {
    const stage = await startStage({ configuration })
    await ratedTimes(stage, 40, 'b')
    expect(count(await ratedTimes(stage, 20, 'b'), 'a')).toBeGreaterThanOrEqual(14)
  })

  it('learns from failures without any feedback', async () => {
    const stage = await startStage({
      behaviour: { a: 'rate=0.6;status=500' },
      configuration: {
        ...configuration,
        health: { consecutiveFailures: 1_000, failureRate: '100%', minimumCalls: 1_000 },
      },
    })
    await stage.askTimes(30)
    stage.mock.log.clear()
    await stage.askTimes(20)
    const asked = stage.asked()
    expect(count(asked, 'b')).toBeGreaterThan(count(asked, 'a'))
  })
})

describe('feedback', () => {
  it('is for replies of adaptive, to the same client', async () => {
    const web = clientKey('web')
    const batch = clientKey('batch')
    const stranger = { authorization: 'Bearer wb-stranger' }
    const clients = { web: { key: web.key }, batch: { key: batch.key } }
    const stage = await startStage({ configuration: { ...configuration, clients } })
    const answer = await stage.ask(web)
    const id = answer.headers.get('x-waybill-id')
    expect((await rate(stage, { id, score: 0.8 }, batch.headers)).status).toBe(404)
    expect((await rate(stage, { id, score: 0.8 }, stranger)).status).toBe(401)
    expect((await rate(stage, { id, score: 1.8 }, web.headers)).status).toBe(400)
    const rated = await rate(stage, { id, score: 0.8 }, web.headers)
    expect(rated.status).toBe(200)
    expect(await rated.json()).toEqual({ id, score: 0.8 })
    const plain = await stage.ask({ ...web, model: 'plain' })
    const other = { id: plain.headers.get('x-waybill-id'), score: 1 }
    expect((await rate(stage, other, web.headers)).status).toBe(404)
  })
})
