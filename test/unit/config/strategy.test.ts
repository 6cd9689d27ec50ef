import { describe, expect, it } from 'vitest'
import { strategyNames } from '../../../src/core/catalog.ts'
import { catalogOf, configure } from './configure.ts'

const demo = `providers: { demo: { simulated: {} } }\n`
const strategyOf = (text: string) =>
  catalogOf(`${demo}models: { a: { targets: [demo/x], strategy: ${text} } }`).aliases.get('a')
    ?.strategy

describe('strategy', () => {
  it.each(strategyNames)('%s by its name alone, with usual settings', (name) => {
    expect(strategyOf(name)?.name).toBe(name)
  })

  it('weighted has weights, 60 for latency and 40 for cost where none are given', () => {
    expect(strategyOf('weighted')).toEqual({
      name: 'weighted',
      weights: { latency: 60, cost: 40, success: 0, throughput: 0 },
    })
    expect(strategyOf('{ weighted: { cost: 1, success: 3 } }')).toEqual({
      name: 'weighted',
      weights: { latency: 0, cost: 1, success: 3, throughput: 0 },
    })
  })

  it('adaptive has settings', () => {
    expect(strategyOf('{ adaptive: { budget: 0.0008, exploration: off } }')).toMatchObject({
      name: 'adaptive',
      settings: { budgetNanoUsdPerRequest: 800_000, exploration: 0 },
    })
    expect(strategyOf('{ adaptive: { minimumSamples: 3, hysteresis: 0.1 } }')).toMatchObject({
      settings: { budgetNanoUsdPerRequest: null, minimumSamples: 3, hysteresis: 0.1 },
    })
  })

  it.each([
    ['{ weighted: {} }', 'needs at least one weight above 0'],
    ['{ weighted: { latency: -1 } }', 'must be at least 0, not -1'],
    ['{ weighted: { latncy: 1 } }', 'unknown key "latncy". Did you mean "latency"?'],
    ['{ weighted: { cost: 1 }, adaptive: {} }', 'must be one of failover, '],
    ['{}', 'must be one of failover, '],
    ['7', 'must be one of failover, '],
    ['leest-busy', 'Did you mean "least-busy"?'],
    ['{ adaptive: { exploration: 2 } }', 'exploration'],
    ['{ adaptive: { budget: 0 } }', 'must be a number of dollars above 0, such as 0.002, not 0'],
  ])('refuses %s', (text, message) => {
    const { problems } = configure(`${demo}models: { a: { targets: [demo/x], strategy: ${text} } }`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('models.a.strategy')
    expect(problems[0]).toContain(message)
  })
})

describe('weights of targets', () => {
  const withStrategy = (name: string) =>
    configure(
      `${demo}models: { a: { targets: [{ target: demo/x, weight: 3 }], strategy: ${name} } }`,
    ).warnings.filter((warning) => warning.includes('has no effect'))

  it.each(['random', 'least-busy', 'capability'])('mean something to %s', (name) => {
    expect(withStrategy(name)).toEqual([])
  })

  it.each(['failover', 'latency', 'cost', '{ weighted: { cost: 1 } }'])('not to %s', (name) => {
    expect(withStrategy(name)).toHaveLength(1)
  })
})

it('successThreshold is a share, 0.8 where none is given', () => {
  const threshold = (text: string) =>
    catalogOf(`${demo}models: { a: { targets: [demo/x]${text} } }`).aliases.get('a')
      ?.successThreshold
  expect(threshold('')).toBe(0.8)
  expect(threshold(', successThreshold: 0.5')).toBe(0.5)
  const { problems } = configure(
    `${demo}models: { a: { targets: [demo/x], successThreshold: 80 } }`,
  )
  expect(problems[0]).toContain('must be a share between 0 and 1, such as 0.8, not 80')
})
