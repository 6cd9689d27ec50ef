import { describe, expect, it } from 'vitest'
import { type StrategyName, strategyNames } from '../../../src/core/catalog.ts'
import { type Explanation, explanationOf } from '../../../src/core/explain.ts'
import { failure } from '../../../src/core/failure.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { Explained } from '../../../src/gateway/explain-body.ts'
import { catalogOf } from '../config/configure.ts'
import { explainIn } from './explain-in.ts'
import { gatewayRig, type Rig, type SendOptions } from './rig.ts'

const catalog = catalogOf(`
providers:
  one: { dialect: openai, baseUrl: http://one.test, models: { m: { price: { input: 1, output: 4 } } } }
  two: { dialect: openai, baseUrl: http://two.test, models: { m: { price: { input: 2, output: 3 } } } }
  three: { dialect: openai, baseUrl: http://three.test, models: { m: {} } }
  other: { dialect: anthropic, baseUrl: http://other.test, models: { m: {} } }
  off: { dialect: openai, baseUrl: http://off.test, enabled: false }
models:
  fast: { targets: [one/m, two/m, three/m, off/m], retry: { attempts: 1 } }
  spare: { targets: [other/m, one/m], retry: { attempts: 1 } }
  foreign: { targets: [other/m], retry: { attempts: 1 } }
  divided:
    targets: [one/m]
    split: { by: request, arms: { control: { weight: 50 }, canary: { weight: 50, targets: [two/m] } } }
policies:
  default: { allow: [fast, spare, foreign, divided] }
rules:
  - { name: long, when: { maxTokens: { atLeast: 5000 } }, prefer: [two/m] }
`)

const messages = [{ role: 'user', content: 'hi' }]
const whole = (tokens: number) =>
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: tokens },
  })

const explain = (rig: Rig, body: object, options?: SendOptions, id?: string): Explained =>
  explainIn(catalog, rig, body, options, id)

function explanation(rig: Rig, body: object, options?: SendOptions, id?: string): Explanation {
  const explained = explain(rig, body, options, id)
  if (!explained.ok) throw new Error(explained.failure.message)
  return explained.value
}

function recorded(rig: Rig): Explanation {
  const record = rig.records.at(-1)
  if (record === undefined) throw new Error('nothing is recorded')
  return explanationOf(record)
}

/** Sends a request, and answers whoever is asked after `delayMs`. */
async function answered(rig: Rig, body: object, delayMs: number, options?: SendOptions) {
  const { over } = rig.send(body, options)
  rig.clock.advance(delayMs)
  rig.asked.at(-1)?.answer(200, whole(delayMs))
  await over
}

describe('explain for a request equals what is then recorded for it', () => {
  it.each(strategyNames)('%s', async (strategy: StrategyName) => {
    const rig = gatewayRig(catalog)
    const random = seededRandom(strategy.length)
    const headers = { 'x-waybill-strategy': strategy }
    for (let number = 1; number <= 60; number++) {
      const body = { model: 'fast', messages, max_tokens: 10 + Math.floor(random() * 1_000) }
      const before = explanation(rig, body, { headers }, `wb_${number}`)
      expect(before.strategy).toBe(strategy)
      expect(before.candidates.length).toBeGreaterThan(0)
      await answered(rig, body, 5 + random() * 200, { headers })
      expect(recorded(rig)).toEqual(before)
      rig.clock.advance(random() * 500)
    }
  })

  it('also while a target is broken, and when all are', async () => {
    const rig = gatewayRig(catalog)
    const body = { model: 'fast', messages }
    const seen = new Set<string>()
    for (let number = 1; number <= 40; number++) {
      const before = explanation(rig, body, {}, `wb_${number}`)
      for (const { breaker } of before.candidates) seen.add(breaker)
      for (const { because } of before.excluded) seen.add(because.replace(/\d.*/, ''))
      seen.add(before.panic ? 'panic' : 'calm')
      const { over } = rig.send(body)
      while (rig.running.members().length > 0) {
        rig.asked.at(-1)?.observer.failed(failure('unreachable', 'refused'))
        rig.clock.advance(20)
      }
      await over
      // Whoever answered last stands in the record; the decision is the one explained.
      const { target, provider, estimatedCostUsd, estimatedLatencyMs, ...decision } = before
      expect(recorded(rig)).toMatchObject(decision)
    }
    expect(seen).toContain('panic')
    expect(seen).toContain('calm')
  })

  it('with the target that can express the request, where the first cannot', async () => {
    const rig = gatewayRig(catalog)
    const body = { model: 'spare', messages, n: 2 }
    const before = explanation(rig, body, {}, 'wb_1')
    expect(before.target).toBe('one/m')
    expect(before.excluded).toMatchObject([{ target: 'other/m' }])
    await answered(rig, body, 5)
    expect(recorded(rig)).toEqual(before)
  })

  it('with rules, splits, and headers', async () => {
    const rig = gatewayRig(catalog)
    const arms = new Set<string | null>()
    const requests = [
      ...Array.from({ length: 20 }, () => ({ body: { model: 'divided', messages }, headers: {} })),
      { body: { model: 'fast', messages, max_tokens: 6000 }, headers: {} },
      { body: { model: 'fast', messages }, headers: { 'x-waybill-no-fallback': 'true' } },
      { body: { model: 'fast', messages }, headers: { 'x-waybill-rule': 'budget' } },
    ]
    for (const [index, { body, headers }] of requests.entries()) {
      const before = explanation(rig, body, { headers }, `wb_${index + 1}`)
      arms.add(before.arm)
      await answered(rig, body, 5, { headers })
      expect(recorded(rig)).toEqual(before)
    }
    expect([...arms].sort()).toEqual(['canary', 'control', null])
  })

  it('in the other dialects, with their query', async () => {
    const rig = gatewayRig(catalog)
    const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]
    const options = { path: '/v1beta/models/fast:generateContent', query: 'key=any' }
    const before = explanation(rig, { contents }, options, 'wb_1')
    await answered(rig, { contents }, 5, options)
    expect(recorded(rig)).toEqual(before)
    expect(
      explanation(rig, { model: 'fast', max_tokens: 9, messages }, { path: '/v1/messages' }).model,
    ).toBe('fast')
  })
})

describe('a request that would be refused', () => {
  const cases: [string, object, SendOptions][] = [
    ['for a model there is not', { model: 'fats', messages }, {}],
    ['for a model that is not allowed', { model: 'one/m', messages }, {}],
    ['without a model', { messages }, {}],
    [
      'with a wrong header',
      { model: 'fast', messages },
      { headers: { 'x-waybill-strategy': 'x' } },
    ],
    [
      'with a rule there is not',
      { model: 'fast', messages },
      { headers: { 'x-waybill-rule': 'x' } },
    ],
    ['that no target can express', { model: 'foreign', messages, n: 2 }, {}],
    ['that no target speaks', { model: 'foreign', input: 'hi' }, { path: '/v1/moderations' }],
  ]

  it.each(cases)('%s is refused alike', async (_what, body, options) => {
    const rig = gatewayRig(catalog)
    const explained = explain(rig, body, options)
    if (explained.ok) throw new Error(`explained: ${JSON.stringify(explained.value)}`)
    await rig.send(body, options).over
    expect(rig.records).toMatchObject([
      { failureClass: explained.failure.class, failureMessage: explained.failure.message },
    ])
  })

  it('has the error of its own dialect', () => {
    const rig = gatewayRig(catalog)
    const refused = explain(rig, { model: 'fats' }, { path: '/v1/messages' })
    expect(refused).toMatchObject({ ok: false, dialect: 'anthropic' })
    expect(explain(rig, {}, { path: '/v1/models' })).toMatchObject({
      ok: false,
      status: 404,
      failure: { param: 'path' },
    })
  })
})

describe('explaining', () => {
  it('uses nothing up and calls nobody', async () => {
    const rig = gatewayRig(catalog)
    const headers = { 'x-waybill-strategy': 'round-robin' }
    const body = { model: 'fast', messages }
    const first = explanation(rig, body, { headers })
    for (let again = 0; again < 10; again++) {
      expect(explanation(rig, body, { headers })).toEqual(first)
    }
    expect(rig.asked).toEqual([])
    expect(rig.records).toEqual([])
    expect(rig.knowledge.fleet.observations()).toBe(0)
    await answered(rig, body, 5, { headers })
    expect(recorded(rig).target).toBe(first.target)
  })

  it('throws the dice of the id it is given, else of a new one', () => {
    const rig = gatewayRig(catalog)
    const headers = { 'x-waybill-strategy': 'random' }
    const targets = Array.from({ length: 30 }, (_, number) => {
      const options = { headers }
      const one = explanation(rig, { model: 'fast', messages }, options, `wb_${number}`)
      expect(one.id).toBe(`wb_${number}`)
      return one.target
    })
    expect(new Set(targets).size).toBe(3)
    expect(explanation(rig, { model: 'fast', messages }).id).toBe('wb_new')
  })
})
