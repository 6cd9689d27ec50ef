import { describe, expect, it } from 'vitest'
import { startStage } from './stage.ts'

const price = (input: number) => ({ price: { input, output: input } })

describe('fallbacks to another name', () => {
  const models = (more = {}) => ({
    chat: { targets: ['a/a'], fallbacks: ['spare'], retry: { attempts: 1 }, ...more },
    spare: { targets: ['b/b', 'c/c'], retry: { attempts: 1 } },
  })

  it('are asked after the targets', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500', b: 'status=500' },
      configuration: { models: models() },
    })
    const answer = await stage.ask()
    expect(answer.from).toBe('c')
    expect(stage.asked()).toEqual(['a', 'b', 'c'])
    expect(answer.headers.get('x-waybill-model')).toBe('chat')
    expect(answer.headers.get('x-waybill-attempts')).toBe('3')
  })

  it('are left out where they are too dear', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500' },
      models: { a: price(1), b: price(10), c: price(2) },
      configuration: { models: models({ maxPriceMultiplier: 3 }) },
    })
    const answer = await stage.ask()
    expect(answer.from).toBe('c')
    expect(stage.asked()).toEqual(['a', 'c'])
    const { excluded } = await stage.record(answer)
    expect(excluded).toEqual([
      { target: 'b/b', because: expect.stringMatching(/10 times|dear|cost/) },
    ])
  })

  it('are not wanted with x-waybill-no-fallback', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500' },
      configuration: { models: models() },
    })
    const answer = await stage.ask({ headers: { 'x-waybill-no-fallback': 'true' } })
    expect(answer.status).toBe(500)
    expect(stage.asked()).toEqual(['a'])
  })

  it('serve at once while the breaker of the first is open', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500' },
      configuration: { models: models() },
    })
    await stage.askTimes(2)
    stage.mock.log.clear()
    const answer = await stage.ask()
    expect(answer.from).toBe('b')
    expect(stage.asked()).toEqual(['b'])
    expect(answer.headers.get('x-waybill-reason')).toMatch(/^fallback spare: /)
    expect((await stage.record(answer)).excluded).toEqual([
      { target: 'a/a', because: expect.stringMatching(/^breaker open: 2 failures in a row/) },
    ])
  })
})
