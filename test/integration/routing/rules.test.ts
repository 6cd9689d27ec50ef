import { describe, expect, it } from 'vitest'
import { clientKey, count, startStage } from './stage.ts'

const targets = ['a/a', 'b/b', 'c/c']
const models = { chat: { targets } }
const priced = {
  models: {
    a: { price: { input: 3, output: 15 } },
    b: { price: { input: 0.3, output: 1.5 } },
    c: { price: { input: 10, output: 50 } },
  },
}
const asking = (rule: string) => ({ headers: { 'x-waybill-rule': rule } })

describe('a rule', () => {
  it('at the root holds for requests that match, and is named in the reason', async () => {
    const rules = [{ name: 'json', when: { json: true }, prefer: ['b/b'] }]
    const stage = await startStage({ configuration: { models, rules } })
    expect((await stage.ask()).from).toBe('a')
    const answer = await stage.ask({ body: { response_format: { type: 'json_object' } } })
    expect(answer.from).toBe('b')
    expect(answer.headers.get('x-waybill-reason')).toBe('rule json: prefers b/b')
    const record = await stage.record(answer)
    expect(record.candidates.map(({ target }) => target)).toEqual(['b/b', 'a/a', 'c/c'])
  })

  it('falls back to the rest as the strategy has it', async () => {
    const rules = [{ name: 'always', when: {}, prefer: ['c/c'] }]
    const stage = await startStage({
      behaviour: { c: 'status=500' },
      configuration: { models, rules },
    })
    expect((await stage.ask()).from).toBe('a')
  })

  it('draws by weight', async () => {
    const prefer = [
      { target: 'b/b', weight: 1 },
      { target: 'c/c', weight: 9 },
    ]
    const rules = [{ name: 'drawn', when: { metadata: { tier: 'gold' } }, prefer }]
    const stage = await startStage({ configuration: { models, rules } })
    const headers = { 'x-waybill-metadata': '{"tier":"gold"}' }
    const from = await stage.askTimes(40, { headers })
    expect(count(from, 'c')).toBeGreaterThanOrEqual(26)
    expect(count(from, 'a')).toBe(0)
    const silver = { 'x-waybill-metadata': '{"tier":"silver"}' }
    expect((await stage.ask({ headers: silver })).from).toBe('a')
  })

  it('of a policy comes before those at the root, and holds for its clients', async () => {
    const web = clientKey('web')
    const batch = clientKey('batch')
    const stage = await startStage({
      ...priced,
      configuration: {
        models,
        rules: ['quality'],
        policies: { default: { allow: ['*'] }, cheap: { allow: ['*'], rules: ['budget'] } },
        clients: { web: { key: web.key }, batch: { policy: 'cheap', key: batch.key } },
      },
    })
    const quality = await stage.ask(web)
    expect(quality.from).toBe('c')
    expect(quality.headers.get('x-waybill-reason')).toBe('rule quality: c/c, dearest model')
    const budget = await stage.ask(batch)
    expect(budget.from).toBe('b')
    expect(budget.headers.get('x-waybill-reason')).toBe('rule budget: b/b, lowest expected cost')
  })

  it('may lead beyond the alias, never beyond the policy', async () => {
    const rules = [{ name: 'far', when: {}, prefer: ['d/d'] }]
    const policies = { default: { allow: ['chat'] } }
    const stage = await startStage({ configuration: { models, rules } })
    expect((await stage.ask()).from).toBe('d')
    const strict = await startStage({ configuration: { models, rules, policies } })
    expect((await strict.ask()).from).toBe('a')
  })

  it('with a ceiling keeps what is dearer behind', async () => {
    const rules = [{ name: 'thrift', when: { maxCost: 0.0005 } }]
    const stage = await startStage({ ...priced, configuration: { models, rules } })
    const answer = await stage.ask()
    expect(answer.from).toBe('b')
    expect(answer.headers.get('x-waybill-reason')).toBe('rule thrift: first within its ceilings')
  })

  it('holds at its time of the week', async () => {
    // Windows from an hour ago to an hour from now, and the same half a day away.
    const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16)
    const hourMs = 3_600_000
    const around = (ms: number) => ({ from: clock(ms - hourMs), to: clock(ms + hourMs) })
    const nowMs = Date.now()
    const rules = [
      { name: 'night', when: { time: around(nowMs + 12 * hourMs) }, prefer: ['b/b'] },
      { name: 'day', when: { time: around(nowMs) }, prefer: ['c/c'] },
    ]
    const stage = await startStage({ configuration: { models, rules } })
    const answer = await stage.ask()
    expect(answer.headers.get('x-waybill-reason')).toBe('rule day: prefers c/c')
  })
})

describe('x-waybill-rule', () => {
  it.each([
    ['budget', 'b'],
    ['quality', 'c'],
  ])('%s asks for %s', async (rule, expected) => {
    const stage = await startStage({ ...priced, configuration: { models } })
    const answer = await stage.ask(asking(rule))
    expect(answer.from).toBe(expected)
    expect(answer.headers.get('x-waybill-reason')).toMatch(new RegExp(`^rule ${rule}: `))
    expect((await stage.ask()).from).toBe('a')
  })

  it('fast asks for the quickest, once it is known', async () => {
    const stage = await startStage({
      behaviour: { a: 'ttft=60', b: 'ttft=60', c: 'ttft=2' },
      configuration: { models },
    })
    await stage.askTimes(12, { headers: { 'x-waybill-strategy': 'round-robin' } })
    const answer = await stage.ask(asking('fast'))
    expect(answer.from).toBe('c')
    expect(answer.headers.get('x-waybill-reason')).toBe('rule fast: c/c, lowest expected latency')
  })

  it('may name a rule of the configuration that applies to nobody else', async () => {
    const rules = [{ name: 'mine', when: { client: 'nobody' }, prefer: ['b/b'] }]
    const stage = await startStage({ configuration: { models, rules } })
    expect((await stage.ask()).from).toBe('a')
    expect((await stage.ask(asking('mine'))).from).toBe('b')
  })

  it('must name one', async () => {
    const stage = await startStage({ configuration: { models } })
    const answer = await stage.ask(asking('budgte'))
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('x-waybill-rule names no rule.')
    expect(answer.text).toContain('budget')
    expect(stage.asked()).toEqual([])
  })

  it('is passed on to nobody, nor is the region', async () => {
    const stage = await startStage({ ...priced, configuration: { models } })
    await stage.ask({ headers: { 'x-waybill-rule': 'budget', 'x-waybill-region': 'us-east' } })
    const [request] = stage.mock.log.requests()
    expect(Object.keys(request?.headers ?? {}).filter((name) => /waybill/.test(name))).toEqual([])
  })
})

describe('the rule region', () => {
  const providers = {
    a: { region: 'us-east' },
    b: { region: 'eu-west' },
    c: { region: 'ap-south' },
  }
  const regions = {
    header: 'x-edge-country',
    names: { de: 'eu-central' },
    near: { 'eu-central': ['eu-west', 'us-east'] },
  }
  const configuration = { models, rules: ['region'], regions }
  const there = (region: string) => ({ headers: { 'x-waybill-region': region } })

  it('prefers what is near as configured, by either header', async () => {
    const stage = await startStage({ providers, configuration })
    expect((await stage.ask(there('EU-West'))).from).toBe('b')
    const german = await stage.ask({ headers: { 'x-edge-country': 'DE' } })
    expect(german.from).toBe('b')
    expect(german.headers.get('x-waybill-reason')).toBe(
      'rule region: region eu-west is nearest to eu-central',
    )
    expect((await stage.ask(there('ap-south'))).from).toBe('c')
    expect((await stage.ask(there('nowhere'))).from).toBe('a')
    expect((await stage.ask()).from).toBe('a')
  })

  it('goes by what was measured, once every region has been', async () => {
    const stage = await startStage({
      providers,
      behaviour: { a: 'ttft=2', b: 'ttft=100', c: 'ttft=100' },
      configuration,
    })
    const away = there('eu-central')
    expect((await stage.ask(away)).from).toBe('b')
    for (const name of ['a', 'b', 'c']) {
      await stage.askTimes(5, { ...away, model: `${name}/${name}` })
    }
    const answer = await stage.ask(away)
    expect(answer.from).toBe('a')
    expect(answer.headers.get('x-waybill-reason')).toMatch(
      /^rule region: region us-east is nearest to eu-central, measured \d+ ms$/,
    )
  })

  it('does not hold the failures of one region against another', async () => {
    const stage = await startStage({
      providers: { a: { region: 'us-east' }, b: { region: 'eu-west' } },
      behaviour: { a: 'fault=fin;ttft=250', b: 'ttft=2' },
      configuration: {
        models: {
          chat: { targets: ['a/a', 'b/b'], retry: { attempts: 1 }, successThreshold: 0 },
          near: { targets: ['a/a', 'b/b'] },
        },
        rules: [{ name: 'near', when: { model: 'near' }, prefer: 'nearest' }],
        health: { consecutiveFailures: 1_000, failureRate: '100%', minimumCalls: 1_000 },
      },
    })
    const east = there('us-east')
    expect(await stage.askTimes(5, east)).toEqual(['b', 'b', 'b', 'b', 'b'])
    stage.behaviour['a'] = 'ttft=120'
    await stage.askTimes(5, { ...east, model: 'a/a' })
    expect((await stage.ask({ ...east, model: 'near' })).from).toBe('b')
  })
})
