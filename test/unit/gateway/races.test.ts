import { describe, expect, it } from 'vitest'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { catalogOf } from '../config/configure.ts'
import { done, finish, role, sse, usage, word } from './attempts.ts'
import { type Asked, gatewayRig, type Rig } from './rig.ts'

const catalog = catalogOf(`
providers:
  one: { dialect: openai, baseUrl: http://one.test }
  two: { dialect: openai, baseUrl: http://two.test }
models:
  auto: { targets: [one/m, two/m], hedge: { after: auto, budget: 10% } }
  fixed: { targets: [one/m, two/m], hedge: { after: 100ms, budget: 50% } }
`)
const messages = [{ role: 'user', content: 'hi' }]

function start({ observer }: Asked): void {
  observer.head(200, sse)
  observer.data(Buffer.from(role + word('hi')))
}

function end({ observer }: Asked): void {
  observer.data(Buffer.from(finish + usage + done))
  observer.ended()
}

/** A provider whose first tokens take as long as told; what was aborted says no more. */
function slowProvider(firstTokenMs: (asked: Asked) => number): Rig {
  const rig = gatewayRig(catalog, {
    onAsked(asked) {
      rig.clock.after(firstTokenMs(asked), () => {
        if (asked.aborted) return
        start(asked)
        end(asked)
      })
    },
  })
  return rig
}

const isFirst = ({ call }: Asked) => call.origin === 'http://one.test'

/** Sends so many requests, one every 300 ms; gives their records in the order they were sent. */
async function traffic(rig: Rig, requests: number): Promise<readonly WaybillRecord[]> {
  const all: Promise<void>[] = []
  for (let turn = 0; turn < requests; turn++) {
    all.push(rig.send({ model: 'auto', stream: true, messages }).over)
    rig.clock.advance(300)
    await Promise.resolve()
  }
  rig.clock.advance(10_000)
  await Promise.all(all)
  return rig.records.toSorted((one, other) => one.arrivedAtMs - other.arrivedAtMs)
}

describe('hedging that finds its delay by itself', () => {
  it('cuts the slowest replies, within its budget', async () => {
    const random = seededRandom(7)
    // One in twenty takes ten times as long as the others.
    const rig = slowProvider((asked) =>
      isFirst(asked) && random() < 0.05 ? 4_000 + 100 * random() : 200 + 200 * random(),
    )
    const records = await traffic(rig, 1_600)
    const [learning, learned] = [records.slice(0, 100), records.slice(400)]
    const slowest = (some: readonly WaybillRecord[]) =>
      some.map(({ firstOutputMs }) => firstOutputMs ?? 0).toSorted((a, b) => b - a)
    expect(slowest(learning)[0]).toBeGreaterThan(3_900)
    // The 99th percentile of 1,200.
    expect(slowest(learned)[12]).toBeLessThan(1_300)
    const hedged = learned.filter(({ attempts }) => attempts.length > 1)
    expect(hedged.length).toBeGreaterThan(30)
    expect(hedged.length).toBeLessThan(0.1 * learned.length)
    for (const { attempts } of hedged) {
      expect(attempts.map(({ result }) => result).toSorted()).toEqual(['cancelled', 'success'])
    }
    expect(rig.clock.waiting()).toBe(0)
  })

  it('asks nobody twice where all replies take about as long', async () => {
    const random = seededRandom(7)
    const rig = slowProvider(() => 200 + 200 * random())
    await traffic(rig, 400)
    expect(rig.asked.length).toBe(400)
  })
})

describe('the record of a race', () => {
  /** Both are asked; the first begins to answer. */
  function race() {
    const rig = gatewayRig(catalog)
    const { got, over } = rig.send({ model: 'fixed', stream: true, messages })
    rig.clock.advance(100)
    const [one, two] = rig.asked
    if (one === undefined || two === undefined) throw new Error('both should have been asked')
    rig.clock.advance(50)
    start(one)
    expect(two.aborted).toBe(true)
    return { rig, got, over, one }
  }

  it.each(['leaves', 'is told that the gateway stops'])(
    'is that of the one the client read, also when it %s',
    async (what) => {
      const { rig, got, over, one } = race()
      if (what === 'leaves') got.leave()
      else for (const running of rig.running.members()) running.stopServing()
      await over
      expect(one.aborted).toBe(true)
      expect(rig.records).toMatchObject([
        {
          outcome: what === 'leaves' ? 'cancelled' : 'failure',
          target: 'one/m',
          usage: { outputTokens: 1 },
          attempts: [{ result: 'cancelled' }, { result: 'cancelled' }],
        },
      ])
    },
  )
})

describe('a client that reads slowly', () => {
  it('holds back whoever goes on for a reply that broke off, too', async () => {
    const continuing = catalogOf(`
providers:
  one: { dialect: openai, baseUrl: http://one.test }
  two: { dialect: openai, baseUrl: http://two.test, models: { m: { capabilities: { assistantPrefix: true } } } }
models: { chain: { targets: [one/m, two/m] } }
`)
    const rig = gatewayRig(continuing)
    const { got, over } = rig.send({ model: 'chain', stream: true, messages })
    got.flowing = false
    const [one] = rig.asked
    if (one === undefined) throw new Error('nobody was asked')
    start(one)
    expect(one.paused).toBe(true)
    one.observer.ended()
    const two = rig.asked[1]
    if (two === undefined) throw new Error('nobody was asked to go on')
    start(two)
    expect(two.paused).toBe(true)
    got.flowing = true
    got.drained()
    expect(two.paused).toBe(false)
    end(two)
    await over
    expect(rig.records).toMatchObject([{ outcome: 'success' }])
  })
})
