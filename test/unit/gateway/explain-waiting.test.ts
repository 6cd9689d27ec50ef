import { describe, expect, it } from 'vitest'
import type { Explanation } from '../../../src/core/explain.ts'
import type { Explained } from '../../../src/gateway/explain-body.ts'
import type { Waiter } from '../../../src/gateway/waiting-room.ts'
import { catalogOf } from '../config/configure.ts'
import { explainIn } from './explain-in.ts'
import { gatewayRig, type SendOptions } from './rig.ts'

const body = { model: 'fast', messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 }
const reply = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 5 },
})

/** A gateway with these limits, of which so many requests have used some. */
async function asked(limits: string, requests: number, provider = '') {
  const catalog = catalogOf(`
providers:
  one: { dialect: openai, baseUrl: http://one.test, models: { m: { price: { input: 1000, output: 1000 } } }${provider} }
models:
  fast: { targets: [one/m], retry: { attempts: 1 } }
policies:
  default: { allow: [fast] }
limits: ${limits}
`)
  const rig = gatewayRig(catalog, { onAsked: (attempt) => attempt.answer(200, reply) })
  for (let request = 0; request < requests; request++) await rig.send(body).over
  return { rig, explain: (options?: SendOptions) => explainIn(catalog, rig, body, options) }
}

function explained(answer: Explained): Explanation {
  if (!answer.ok) throw new Error(answer.failure.message)
  return answer.value
}

/** What was begun has come as far as it can without time passing. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

const queue = (maxWait: string, size = 10) => `queue: { maxWait: ${maxWait}, size: ${size} }`
const oneAMinute = 'client: [{ per: minute, requests: 1 }]'

describe('explain, for a request over a limit', () => {
  it('says how long it would wait in a queue, and it does', async () => {
    const { rig, explain } = await asked(`{ ${oneAMinute}, ${queue('2m')} }`, 1)
    const before = explained(explain())
    expect(before).toMatchObject({
      target: 'one/m',
      candidates: [{ target: 'one/m' }],
      limits: [{ scope: 'client:local', remaining: 0 }],
    })
    expect(before.queuedMs).toBeGreaterThan(59_000)
    const { over } = rig.send(body)
    await settled()
    rig.clock.advance(before.queuedMs)
    await over
    expect(rig.records.at(-1)).toMatchObject({ status: 200, queuedMs: before.queuedMs })
  })

  it('says nothing of waiting where there is room', async () => {
    const { explain } = await asked(`{ ${oneAMinute}, ${queue('2m')} }`, 0)
    expect(explained(explain()).queuedMs).toBe(0)
  })

  it('says it of a budget that binds with the target', async () => {
    const { explain } = await asked(`{ client: [{ per: minute, cost: 0.03 }], ${queue('2m')} }`, 3)
    const waiting = explained(explain())
    expect(waiting.target).toBe('one/m')
    expect(waiting.queuedMs).toBeGreaterThan(50_000)
  })

  it('says it of one that would wait behind others', async () => {
    const limits = `{ global: [{ per: minute, requests: 9 }], ${queue('2m')} }`
    const { rig, explain } = await asked(limits, 1)
    expect(explained(explain()).queuedMs).toBe(0)
    const { room, inForce } = rig.limiting
    const [limit] = inForce.at(rig.clock.nowMs()).all
    if (limit === undefined) throw new Error('there is one')
    const other: Waiter = {
      client: 'other',
      queue: '',
      most: 10,
      untilMs: rig.clock.monotonicMs() + 120_000,
      ask: (answer) => answer(null),
      sentAway() {},
    }
    const denial = { limit, subject: 'global', needed: 9, remaining: 8, retryAfterMs: 55_000 }
    room.enter(other, denial)
    expect(explained(explain()).queuedMs).toBe(55_000)
    room.leave(other)
    expect(explained(explain()).queuedMs).toBe(0)
  })

  it.each([
    ['there is no queue', `{ ${oneAMinute} }`, {}],
    ['room comes too late', `{ ${oneAMinute}, ${queue('5s')} }`, {}],
    ['the queue is full', `{ ${oneAMinute}, ${queue('2m', 1)} }`, {}],
    [
      'the client has not the time',
      `{ ${oneAMinute}, ${queue('2m')} }`,
      { headers: { 'x-waybill-timeout-ms': '1000' } },
    ],
  ])('refuses it alike where %s', async (why, limits, options) => {
    const { rig, explain } = await asked(limits, 1)
    const waiting = why === 'the queue is full' ? rig.send(body) : null
    await settled()
    const refused = explain(options)
    await rig.send(body, options).over
    expect(refused).toMatchObject({ ok: false, failure: { class: 'rate_limited' } })
    expect(rig.records.at(-1)).toMatchObject({ failureClass: 'rate_limited' })
    waiting?.got.leave()
    await waiting?.over
  })

  it('refuses it where it is the target that has no room', async () => {
    const provider = ', limits: [{ per: minute, requests: 1 }]'
    const { explain } = await asked(`{ ${queue('2m')} }`, 1, provider)
    expect(explain()).toMatchObject({ ok: false, failure: { class: 'rate_limited' } })
  })
})
