import { describe, expect, it } from 'vitest'
import { startStage } from './stage.ts'

const streamed = { body: { stream: true } }
const targets = ['a/a', 'b/b']

describe('why an attempt was made', () => {
  it('is counted: a hedge, and who won', async () => {
    const hedge = { after: '30ms', budget: '50%' }
    const stage = await startStage({
      behaviour: { a: 'ttft=400' },
      configuration: { models: { chat: { targets, hedge } } },
    })
    const answer = await stage.ask(streamed)
    expect(answer.from).toBe('b')
    expect(answer.text).toContain('[DONE]')
    expect(await stage.metrics()).toEqual(
      expect.arrayContaining([
        'waybill_attempts_total{target="a/a",reason="first",result="cancelled"} 1',
        'waybill_attempts_total{target="b/b",reason="hedge",result="success"} 1',
        'waybill_hedges_total{target="b/b",result="won"} 1',
      ]),
    )
  })

  it('is counted: a retry of the target that failed', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500;times=1' },
      configuration: { models: { chat: { targets: ['a/a'], retry: { backoff: '1ms' } } } },
    })
    expect((await stage.ask()).from).toBe('a')
    expect(await stage.metrics()).toContain(
      'waybill_attempts_total{target="a/a",reason="retry",result="success"} 1',
    )
  })

  it('is counted: a continuation of a reply that broke off', async () => {
    const able = { capabilities: { assistantPrefix: true } }
    const stage = await startStage({
      behaviour: { a: 'fault=cut-fin@20' },
      models: { a: able, b: able },
      configuration: { models: { chat: { targets } } },
    })
    const answer = await stage.ask(streamed)
    expect(answer.text).toContain('[DONE]')
    expect(answer.text).not.toContain('"error"')
    expect(await stage.metrics()).toContain(
      'waybill_attempts_total{target="b/b",reason="continuation",result="success"} 1',
    )
  })
})
