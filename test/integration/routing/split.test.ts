import { describe, expect, it } from 'vitest'
import { until } from '../../support/gateway.ts'
import { clientKey, count, startStage } from './stage.ts'

const arms = (canary: object = {}) => ({
  control: { weight: 70 },
  canary: { weight: 30, targets: ['b/b'], ...canary },
})
const chat = (by: string, canary?: object) => ({
  models: { chat: { targets: ['a/a'], retry: { attempts: 1 }, split: { by, arms: arms(canary) } } },
})
const user = (name: string) => ({ headers: { 'x-waybill-user': name } })

describe('a traffic split', () => {
  it('by user keeps each of them in one arm, and divides them by weight', async () => {
    const stage = await startStage({ configuration: chat('user') })
    const first: string[] = []
    for (let index = 0; index < 60; index++) first.push((await stage.ask(user(`u${index}`))).from)
    const second: string[] = []
    for (let index = 0; index < 60; index++) second.push((await stage.ask(user(`u${index}`))).from)
    expect(second).toEqual(first)
    // 18 expected; the names are fixed, and so is the result.
    expect(count(first, 'b')).toBeGreaterThanOrEqual(9)
    expect(count(first, 'b')).toBeLessThanOrEqual(28)
    const answer = await stage.ask(user('u1'))
    const { arm, reason } = await stage.record(answer)
    expect(arm).toBe(answer.from === 'b' ? 'canary' : 'control')
    expect(reason).toMatch(/^arm (canary: 30|control: 70) % of traffic by user; /)
    expect(answer.headers.get('x-waybill-reason')).toBe(reason)
  })

  it('names a user in the body too', async () => {
    const stage = await startStage({ configuration: chat('user') })
    const inBody = await stage.ask({ body: { user: 'u7' } })
    expect((await stage.ask(user('u7'))).from).toBe(inBody.from)
  })

  it('by client keeps each client in one arm, whoever its users are', async () => {
    const clients = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `web${index}`,
        { key: clientKey(`web${index}`).key },
      ]),
    )
    const stage = await startStage({ configuration: { ...chat('client'), clients } })
    const seen = new Set<string>()
    for (const name of Object.keys(clients)) {
      const { headers } = clientKey(name)
      const from = new Set<string>()
      for (const one of ['x', 'y', 'z']) {
        from.add((await stage.ask({ headers: { ...headers, 'x-waybill-user': one } })).from)
      }
      expect(from.size).toBe(1)
      for (const provider of from) seen.add(provider)
    }
    expect([...seen].sort()).toEqual(['a', 'b'])
  })

  it('by request sticks to nobody', async () => {
    const stage = await startStage({ configuration: chat('request') })
    const from = await stage.askTimes(50, user('one'))
    expect(count(from, 'b')).toBeGreaterThanOrEqual(4)
    expect(count(from, 'a')).toBeGreaterThanOrEqual(20)
  })

  it('shows how its arms do', async () => {
    const stage = await startStage({
      models: { a: { price: { input: 1, output: 1 } }, b: { price: { input: 2, output: 2 } } },
      configuration: chat('request'),
    })
    await stage.askTimes(20)
    const found = await stage.metrics()
    const figure = (name: string, arm: string) =>
      Number(
        found
          .find((line) => line.startsWith(`waybill_split_${name}{model="chat",arm="${arm}"}`))
          ?.split(' ')[1],
      )
    expect(figure('requests', 'control') + figure('requests', 'canary')).toBe(20)
    expect(figure('error_rate', 'control')).toBe(0)
    expect(figure('latency_seconds', 'control')).toBeGreaterThan(0)
    expect(figure('cost_usd', 'canary')).toBeGreaterThan(figure('cost_usd', 'control'))
    expect(figure('rolled_back', 'canary')).toBe(0)
    await until(() => stage.logged('request').length === 20)
    expect(stage.logged('request').map(({ arm }) => arm)).toContain('control')
  })
})

describe('a canary', () => {
  it('that fails is rolled back, which is told', async () => {
    const rollback = { minimumSamples: 10, errors: '5%', latency: 'off', cost: 'off' }
    const stage = await startStage({
      behaviour: { b: 'status=500' },
      configuration: chat('request', { rollback, weight: 100 }),
    })
    const told = 'waybill_rollbacks_total{model="chat",arm="canary"} 1'
    for (let round = 0; round < 30 && !(await stage.metrics()).includes(told); round++) {
      // Behind the targets of an arm stand those of the name: nobody is left without an answer.
      for (const from of await stage.askTimes(5)) expect(from).toBe('a')
    }
    const rolledBack = () => stage.logged('an arm of a traffic split was rolled back')
    await until(() => rolledBack().length > 0)
    expect(rolledBack()).toMatchObject([
      { level: 'warn', model: 'chat', arm: 'canary', because: expect.stringMatching(/fail more/) },
    ])
    stage.mock.log.clear()
    await stage.askTimes(10)
    expect(new Set(stage.asked())).toEqual(new Set(['a']))
    const record = await stage.record(await stage.ask())
    expect(record.arm).toBe('control')
    expect(record.reason).toContain('arm control: 100 % of traffic by request')
    expect(record.reason).toContain('arm canary was rolled back')
    const found = await stage.metrics()
    expect(found).toContain(told)
    expect(found).toContain('waybill_split_rolled_back{model="chat",arm="canary"} 1')
  })
})
