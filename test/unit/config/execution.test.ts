import { describe, expect, it } from 'vitest'
import { catalogOf, configure } from './configure.ts'

const providers = `providers: { openai: { apiKey: key-1234567890 } }`

function alias(settings: string) {
  return catalogOf(`
${providers}
models:
  big: { targets: [openai/gpt-4o] }
  fast: { targets: [openai/gpt-4o-mini, openai/gpt-5], fallbacks: [big], ${settings} }
`).aliases.get('fast')
}

describe('how an alias is carried out', () => {
  it('has careful values where nothing is said', () => {
    expect(alias('description: x')).toMatchObject({
      hedge: null,
      maxPriceMultiplier: null,
      retryBudget: null,
      continuation: 'auto',
      fallsThrough: [],
    })
    expect(catalogOf(providers).retryBudget).toEqual({ share: 0.2, floor: 50 })
  })

  it('takes a hedge, found out or fixed', () => {
    expect(alias('hedge: {}')?.hedge).toEqual({ afterMs: null, share: 0.05 })
    expect(alias('hedge: { after: auto, budget: 2.5% }')?.hedge).toEqual({
      afterMs: null,
      share: 0.025,
    })
    expect(alias('hedge: { after: 800ms }')?.hedge).toEqual({ afterMs: 800, share: 0.05 })
  })

  it('takes the other settings', () => {
    const settings = 'maxPriceMultiplier: 3, rerouteContentFilter: true, continuation: off'
    expect(alias(`${settings}, retryBudget: { share: 10%, floor: 5 }`)).toMatchObject({
      maxPriceMultiplier: 3,
      fallsThrough: ['content_filtered'],
      continuation: 'off',
      retryBudget: { share: 0.1, floor: 5 },
    })
    const root = catalogOf(`${providers}\nretryBudget: { share: 30% }`)
    expect(root.retryBudget).toEqual({ share: 0.3, floor: 50 })
  })

  it.each([
    ['hedge: { after: soon }', 'models.fast.hedge.after', 'must be auto, or a duration'],
    ['hedge: { budget: 5 }', 'models.fast.hedge.budget', 'must be a share such as 5%'],
    ['hedge: { budget: 80% }', 'models.fast.hedge.budget', 'at most 50%'],
    ['hedge: { budget: 0% }', 'models.fast.hedge.budget', 'above 0%'],
    ['maxPriceMultiplier: 0.5', 'models.fast.maxPriceMultiplier', '1'],
    ['continuation: always', 'models.fast.continuation', 'auto'],
    ['retryBudget: { share: 120% }', 'models.fast.retryBudget.share', 'at most 100%'],
    ['hedgee: {}', 'models.fast', 'hedge'],
  ])('%s is refused at %s', (settings, at, says) => {
    const problems = configure(`
${providers}
models:
  fast: { targets: [openai/gpt-4o-mini], ${settings} }
`).problems.join('\n')
    expect(problems).toContain(at)
    expect(problems).toContain(says)
  })

  it('warns of settings without effect', () => {
    const warnings = configure(`
${providers}
models:
  lone:
    targets: [openai/gpt-4o-mini]
    retry: { attempts: 1 }
    hedge: {}
    maxPriceMultiplier: 2
    rerouteContentFilter: true
  slow: { targets: [openai/gpt-4o-mini, openai/gpt-5], hedge: { after: 90s } }
`).warnings.join('\n')
    expect(warnings).toContain('single target and a single attempt')
    expect(warnings).toContain('without fallbacks')
    expect(warnings).toContain('with a single target')
    expect(warnings).toContain('timeouts.firstToken ends the first try before')
  })
})
