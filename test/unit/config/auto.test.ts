import { describe, expect, it } from 'vitest'
import { catalogOf, configure } from './configure.ts'

const base = `providers:
  openai: { apiKey: "\${OPENAI_API_KEY}" }
  anthropic: { apiKey: "\${ANTHROPIC_API_KEY}", models: { claude-haiku-4-5: {} } }
models:
  fast: { targets: [openai/gpt-4o-mini, openai/gpt-4o] }
`

const withAuto = (auto: string) => `${base}policies: { p: { allow: [fast], auto: ${auto} } }\n`

function targetsOf(auto: string): string[] | null {
  const alias = catalogOf(withAuto(auto)).policies.get('p')?.auto
  return alias?.targets.map(({ target }) => target.name) ?? null
}

describe('auto', () => {
  it('is the prioritized list, then what is available of the models configured', () => {
    const auto =
      '{ enabled: true, prioritized: [openai/gpt-5, anthropic/claude-sonnet-4-5], available: ["openai/*"] }'
    expect(targetsOf(auto)).toEqual([
      'openai/gpt-5',
      'anthropic/claude-sonnet-4-5',
      'openai/gpt-4o-mini',
      'openai/gpt-4o',
    ])
    expect(targetsOf('{ available: ["anthropic/*"] }')).toEqual(['anthropic/claude-haiku-4-5'])
  })

  it('takes public names for their targets, each target once', () => {
    expect(targetsOf('{ prioritized: [openai/gpt-4o, fast] }')).toEqual([
      'openai/gpt-4o',
      'openai/gpt-4o-mini',
    ])
  })

  it('is nothing where it is switched off, or not written', () => {
    expect(targetsOf('{ enabled: false, prioritized: [fast] }')).toBeNull()
    expect(catalogOf(base).policies.get('default')?.auto).toBeUndefined()
  })

  it('is refused with every mistake in its lists', () => {
    const lists =
      '{ prioritized: [openai/gpt-5, fsat, "openai/*", openai/gpt-5], available: [openai/gpt-5, opneai/x] }'
    expect(configure(withAuto(lists)).problems).toEqual([
      'waybill.yaml:6:69: error: policies.p.auto.prioritized[1]: "fsat" is neither a public name nor provider/model. Did you mean "fast"?',
      'waybill.yaml:6:75: error: policies.p.auto.prioritized[2]: is a pattern, which has no order; name the models, or put it into available',
      'waybill.yaml:6:87: error: policies.p.auto.prioritized[3]: "openai/gpt-5" is listed twice; keep one',
      'waybill.yaml:6:114: error: policies.p.auto.available[0]: "openai/gpt-5" is both prioritized and available; take it out of one list',
      'waybill.yaml:6:128: error: policies.p.auto.available[1]: "opneai/x" is at provider "opneai", which is not configured. Did you mean "openai/x"?',
    ])
    expect(configure(withAuto('{}')).problems).toEqual([
      'waybill.yaml:6:39: error: policies.p.auto: names no model; list some under prioritized',
    ])
  })
})

describe('the strategy of a policy', () => {
  it('is written like that of a model', () => {
    const yaml = `${base}policies: { p: { allow: ["*"], strategy: { weighted: { cost: 1 } } } }\n`
    expect(catalogOf(yaml).policies.get('p')?.strategy).toMatchObject({ name: 'weighted' })
    const { problems } = configure(`${base}policies: { p: { allow: [], strategy: cots } }\n`)
    expect(problems[0]).toContain('Did you mean "cost"?')
  })
})
