import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startMock } from '../../../src/mock/start-mock.ts'
import { temporaryDirectory, until } from '../../support/gateway.ts'
import { count, type Scenery, type Stage, stageBefore, startStage, yamlOf } from './stage.ts'

/** Starts gateways one after the other before the same providers, with the same data directory. */
async function lives(scenery: Scenery) {
  const behaviour: Record<string, string> = { ...scenery.behaviour }
  const mock = await startMock({ models: behaviour })
  onTestFinished(() => mock.close())
  const dataDirectory = temporaryDirectory()
  let running: Stage | null = null
  return {
    dataDirectory,
    async begin(changes: Partial<Scenery> = {}): Promise<Stage> {
      await running?.gateway.waybill.stop()
      mock.log.clear()
      running = await stageBefore(mock, behaviour, { ...scenery, ...changes, dataDirectory })
      return running
    },
  }
}

const chat = (more: object) => ({ models: { chat: { targets: ['a/a', 'b/b'], ...more } } })

describe('over a restart', () => {
  it('a breaker stays open, for what is left of its time', async () => {
    const { begin } = await lives({
      behaviour: { a: 'status=500' },
      configuration: { ...chat({ retry: { attempts: 1 } }), health: { openForWhenQuiet: '60s' } },
    })
    const before = await begin()
    await before.askTimes(2)
    expect(count(before.asked(), 'a')).toBe(2)
    const after = await begin()
    expect((await after.ask()).from).toBe('b')
    expect(after.asked()).toEqual(['b'])
    expect(await after.metrics()).toContain('waybill_target_breaker_state{target="a/a"} 2')
    const [record] = await after.gateway.records()
    expect(record?.excluded[0]?.because).toMatch(/^breaker open: 2 failures in a row/)
  })

  it('what was measured is known', async () => {
    const { begin } = await lives({
      behaviour: { a: 'ttft=150', b: 'ttft=2' },
      configuration: chat({ strategy: 'latency' }),
    })
    const before = await begin()
    await before.askTimes(10, { headers: { 'x-waybill-strategy': 'round-robin' } })
    const after = await begin()
    const answer = await after.ask()
    expect(answer.headers.get('x-waybill-reason')).toMatch(/^lowest expected latency|^exploring/)
    expect(count(await after.askTimes(8), 'b')).toBeGreaterThanOrEqual(6)
  })

  it('what was learned is known, and ratings of replies before it are too late', async () => {
    const strategy = { adaptive: { exploration: 'off', minimumSamples: 3 } }
    const { begin } = await lives({ configuration: chat({ strategy }) })
    const before = await begin()
    for (let time = 0; time < 24; time++) {
      const model = 'chat'
      const answer = await before.ask({ model })
      const id = answer.headers.get('x-waybill-id')
      const score = answer.from === 'a' ? 0 : 1
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ id, score })
      await fetch(`${before.gateway.url}/v1/feedback`, { method: 'POST', headers, body })
    }
    const told = (await before.record(await before.ask())).reason
    const after = await begin()
    const reason = (await after.record(await after.ask())).reason
    expect(reason).toMatch(/over \d+ samples/)
    expect(reason?.replace(/[\d.]+/g, '#')).toBe(told?.replace(/[\d.]+/g, '#'))
    expect(reason).not.toMatch(/ 0 samples/)
  })

  it('an arm that was rolled back stays so, with its results', async () => {
    const rollback = { minimumSamples: 10, errors: '5%', latency: 'off', cost: 'off' }
    const arms = {
      control: { weight: 1 },
      canary: { weight: 1, targets: ['b/b'], rollback },
    }
    const split = { by: 'request', arms }
    const configuration = {
      models: { chat: { targets: ['a/a'], retry: { attempts: 1 }, split } },
    }
    const { begin } = await lives({ behaviour: { b: 'status=500' }, configuration })
    const before = await begin()
    const halted = 'waybill_split_rolled_back{model="chat",arm="canary"} 1'
    for (let round = 0; round < 30 && !(await before.metrics()).includes(halted); round++) {
      await before.askTimes(5)
    }
    const results = (await before.metrics()).filter((line) => line.startsWith('waybill_split_'))
    expect(results).toContain(halted)
    const after = await begin()
    const found = (await after.metrics()).filter((line) => line.startsWith('waybill_split_'))
    expect(found).toEqual(results)
    await after.askTimes(10)
    expect(new Set(after.asked())).toEqual(new Set(['a']))
    // A split that is changed asks another question: its results begin anew.
    const other = { ...split, arms: { ...arms, canary: { ...arms.canary, weight: 2 } } }
    const changed = { chat: { ...configuration.models.chat, split: other } }
    const third = await begin({ configuration: { ...configuration, models: changed } })
    expect(await third.metrics()).toContain('waybill_split_requests{model="chat",arm="canary"} 0')
  })

  it('times between regions are known', async () => {
    const scenery = {
      behaviour: { a: 'ttft=2', b: 'ttft=120' },
      providers: { a: { region: 'us-east' }, b: { region: 'eu-west' } },
      configuration: { ...chat({}), rules: ['region'] },
    }
    const { begin } = await lives(scenery)
    const headers = { 'x-waybill-region': 'eu-west' }
    const before = await begin()
    for (const model of ['a/a', 'b/b']) await before.askTimes(5, { model, headers })
    const after = await begin()
    const answer = await after.ask({ headers })
    expect(answer.headers.get('x-waybill-reason')).toMatch(
      /us-east is nearest to eu-west, measured/,
    )
  })

  it('knowledge that cannot be read is no knowledge', async () => {
    const { begin, dataDirectory } = await lives({ configuration: chat({}) })
    const first = await begin()
    await first.ask()
    await first.gateway.waybill.stop()
    const file = path.join(dataDirectory, 'knowledge.json')
    const saved = readFileSync(file, 'utf8')
    for (const broken of [
      '',
      '{',
      '[]',
      '{"savedAtMs":1,"fleet":[],"learning":7}',
      saved.slice(9),
    ]) {
      writeFileSync(file, broken)
      expect((await (await begin()).ask()).status).toBe(200)
    }
  })
})

describe('over a reload', () => {
  it('what is known of targets stays, and is judged by the new settings', async () => {
    const scenery: Scenery = {
      behaviour: { a: 'status=500' },
      configuration: chat({ retry: { attempts: 1 } }),
    }
    const stage = await startStage(scenery)
    await stage.askTimes(2)
    const generation = () => stage.gateway.waybill.catalog().generation
    const next = { ...scenery, configuration: { ...scenery.configuration, rules: ['budget'] } }
    writeFileSync(stage.gateway.file, yamlOf(stage.mock, next))
    await until(() => generation() === 2)
    stage.mock.log.clear()
    expect((await stage.ask()).from).toBe('b')
    expect(stage.asked()).toEqual(['b'])
    // Slow replies open breakers from now on.
    const health = { slow: { after: '1ms', open: '50%' }, minimumCalls: 2 }
    const third = { ...scenery, configuration: { ...scenery.configuration, health } }
    writeFileSync(stage.gateway.file, yamlOf(stage.mock, third))
    await until(() => generation() === 3)
    stage.behaviour['b'] = 'ttft=20'
    // Three quick ones have gone before.
    await stage.askTimes(4)
    const [open] = (await stage.metrics()).filter((line) =>
      line.includes('breaker_state{target="b/b"'),
    )
    expect(open).toMatch(/ 2$/)
  })

  it('a rule that is taken out of the file is asked for in vain', async () => {
    const rules = [{ name: 'mine', when: { client: 'nobody' }, prefer: ['b/b'] }]
    const scenery = { configuration: { ...chat({}), rules } }
    const stage = await startStage(scenery)
    const headers = { 'x-waybill-rule': 'mine' }
    expect((await stage.ask({ headers })).from).toBe('b')
    writeFileSync(stage.gateway.file, yamlOf(stage.mock, { configuration: chat({}) }))
    await until(() => stage.gateway.waybill.catalog().generation === 2)
    expect((await stage.ask({ headers })).status).toBe(400)
  })
})
