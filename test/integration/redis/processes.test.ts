import { describe, expect, it } from 'vitest'
import { stringAt } from '../../../src/core/json.ts'
import { type Called, type Caller, chatOf, openCaller } from '../../support/caller.ts'
import { until } from '../../support/gateway.ts'
import { providerAt, yamlOf } from '../../support/limited-gateway.ts'
import { type MeteredUpstream, startMeteredUpstream } from '../../support/metered-upstream.ts'
import { type RedisServer, redisPresent, startRedis } from '../../support/redis-server.ts'
import { type RunningWaybill, startWaybillProcess } from '../../support/waybill-process.ts'
import { clientKey } from '../routing/stage.ts'

const runs = 5
const clients = Array.from({ length: runs }, (_, run) => clientKey(`run-${run}`))

interface Stand {
  readonly redis: RedisServer
  readonly upstream: MeteredUpstream
  readonly gateways: readonly RunningWaybill[]
  readonly callers: readonly Caller[]
}

/** Four processes before one provider, with a limit of 100 per minute for each client. */
async function fourGateways(): Promise<Stand> {
  // Where other processes take all of this machine's time, Redis itself is silent for 100 ms.
  const timeout = 'timeout=500ms'
  const redis = await startRedis()
  const upstream = await startMeteredUpstream(() => ({ firstMs: 3 }))
  const limits = [{ per: 'minute', requests: 100 }]
  const yaml = yamlOf({
    state: `redis://127.0.0.1:${redis.port}?${timeout}`,
    providers: { up: providerAt(upstream.baseUrl) },
    models: { chat: { targets: ['up/m'] } },
    clients: Object.fromEntries(clients.map(({ key }, run) => [`run-${run}`, { key, limits }])),
  })
  const gateways = await Promise.all([1, 2, 3, 4].map(() => startWaybillProcess({ yaml })))
  await until(async () => {
    const healths = await Promise.all(gateways.map(({ url }) => fetch(`${url}/health`)))
    const texts = await Promise.all(healths.map((health) => health.text()))
    return texts.every((text) => text.includes('"replicas":4'))
  })
  return { redis, upstream, gateways, callers: gateways.map(({ url }) => openCaller(url)) }
}

/** 64 clients, spread over the gateways, each asking so many times. */
async function ask(callers: readonly Caller[], run: number, times: number): Promise<Called[]> {
  const headers = clients[run]?.headers ?? {}
  const answers: Called[] = []
  const client = async (number: number) => {
    for (let time = 0; time < times; time++) {
      const caller = callers[number % callers.length]
      if (caller !== undefined) answers.push(await caller.ask({ body: chatOf('chat'), headers }))
    }
  }
  await Promise.all(Array.from({ length: 64 }, (_, number) => client(number)))
  return answers
}

const admitted = (answers: readonly Called[]) =>
  answers.filter(({ status }) => status === 200).length

describe.skipIf(!redisPresent)('four gateway processes and one Redis', () => {
  it('admit exactly 100 of a limit of 100 requests per minute, five times of five', async () => {
    const { callers, upstream } = await fourGateways()
    const counts: number[] = []
    for (let run = 0; run < runs; run++) counts.push(admitted(await ask(callers, run, 6)))
    expect(counts).toEqual([100, 100, 100, 100, 100])
    expect(upstream.seen).toHaveLength(500)
  })

  it('hang for nobody when it freezes, admit no more than their shares, and say so', async () => {
    const { redis, callers, gateways } = await fourGateways()
    expect(admitted(await ask(callers, 0, 1))).toBe(64)
    redis.freeze()
    const frozen = await ask(callers, 0, 10)
    // Each had given out 16 of its share of 25.
    expect(admitted(frozen)).toBeLessThanOrEqual(36)
    expect(new Set(frozen.map(({ status }) => status))).toEqual(new Set([200, 429]))
    redis.thaw()
    const said = (gateway: RunningWaybill, words: string) =>
      gateway.log().filter((line) => stringAt(line, 'msg')?.includes(words) === true)
    await until(() => gateways.every((each) => said(each, 'Limits are shared').length === 2))
    for (const gateway of gateways) expect(said(gateway, 'did not answer within')).toHaveLength(1)
    expect(admitted(await ask(callers, 0, 1))).toBe(0)
    expect(admitted(await ask(callers, 1, 3))).toBe(100)
  })
})
