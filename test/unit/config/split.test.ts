import { describe, expect, it } from 'vitest'
import { splitsOf } from '../../../src/core/experiment/split.ts'
import { catalogOf, configure } from './configure.ts'

const base = `providers:
  openai: { apiKey: "\${OPENAI_API_KEY}" }
models:
  smart:
    targets: [openai/gpt-4o]
    strategy: cost
`

const withArms = (arms: string) => `${base}    split: { arms: ${arms} }\n`
const splitOf = (yaml: string) => catalogOf(yaml).aliases.get('smart')?.split
const problemsOf = (arms: string) => configure(withArms(arms)).problems

describe('a traffic split', () => {
  it('has arms that are the alias with other targets, behind which its own stand', () => {
    const split = splitOf(
      withArms(
        '{ control: { weight: 90 }, canary: { weight: 10, targets: [openai/gpt-5], strategy: latency, rollback: { latency: "off", cost: 200% } } }',
      ),
    )
    const [control, canary] = split?.arms ?? []
    expect(split).toMatchObject({ alias: 'smart', by: 'user' })
    expect(control).toMatchObject({
      weight: 90,
      rollback: null,
      alias: { targets: [{ target: { name: 'openai/gpt-4o' } }], fallbacks: [] },
    })
    expect(canary).toMatchObject({
      weight: 10,
      rollback: { errors: 0.01, latency: null, cost: 2, minimumSamples: 30 },
      alias: {
        name: 'smart',
        strategy: { name: 'latency' },
        targets: [{ target: { name: 'openai/gpt-5' } }],
        fallbacks: ['smart'],
      },
    })
  })

  it('is found once for an alias with synonyms', () => {
    const arms = '{ a: { weight: 1 }, b: { weight: 1, targets: [openai/gpt-5] } }'
    const catalog = catalogOf(
      withArms(arms).replace('strategy:', 'aliases: [clever]\n    strategy:'),
    )
    expect(splitsOf(catalog).map(({ alias }) => alias)).toEqual(['smart'])
    expect(splitsOf(catalogOf(base))).toEqual([])
  })

  it('is another one as soon as anything in it changes, and only then', () => {
    const arms = '{ a: { weight: 1 }, b: { weight: 1, targets: [openai/gpt-5] } }'
    const fingerprint = splitOf(withArms(arms))?.fingerprint
    expect(splitOf(withArms(arms.replace(/:/g, ':  ')))?.fingerprint).toBe(fingerprint)
    expect(splitOf(withArms(arms.replace('weight: 1', 'weight: 2')))?.fingerprint).not.toBe(
      fingerprint,
    )
    expect(splitOf(withArms(arms).replace('gpt-4o', 'gpt-4o-mini'))?.fingerprint).not.toBe(
      fingerprint,
    )
  })

  it('is refused with what is wrong in it', () => {
    expect(problemsOf('{ a: { weight: 1 } }')).toEqual([
      'waybill.yaml:7:20: error: models.smart.split.arms: needs at least two arms, the control first',
    ])
    expect(problemsOf('{ a: { weight: 1, rollback: {} }, b: { weight: 1 } }')).toEqual([
      'waybill.yaml:7:38: error: models.smart.split.arms.a.rollback: cannot stand in the first arm: that is the control the others are held against',
    ])
    expect(problemsOf('{ a: { weight: 1 }, b: { weight: -1 } }')).toEqual([
      'waybill.yaml:7:53: error: models.smart.split.arms.b.weight: must be more than 0, not -1',
    ])
    expect(
      problemsOf(
        '{ a: { weight: 1 }, b: { weight: 1, targets: [opneai/x], rollback: { errors: 5% } } }',
      ),
    ).toEqual([
      'waybill.yaml:7:66: error: models.smart.split.arms.b.targets[0]: "opneai/x" is at provider "opneai", which is not configured. Did you mean "openai/x"?',
    ])
    expect(problemsOf('{ a: { weight: 1 }, b: { weight: 1, rollback: { errors: 5 } } }')).toEqual([
      'waybill.yaml:7:76: error: models.smart.split.arms.b.rollback.errors: must be a share such as 1% or 20%, or off, not 5',
    ])
    expect(
      problemsOf('{ a: { weight: 1 }, b: { weight: 1, rollback: { errors: 100% } } }'),
    ).toEqual([
      'waybill.yaml:7:76: error: models.smart.split.arms.b.rollback.errors: must be less than 100%, or off, not "100%"',
    ])
    expect(problemsOf('{ 1: { weight: 1 }, b: { weight: 1 } }')[0]).toContain(
      'a number does not keep its place',
    )
  })
})
