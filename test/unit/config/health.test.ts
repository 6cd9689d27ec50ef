import { describe, expect, it } from 'vitest'
import { defaultHealth } from '../../../src/core/health/settings.ts'
import { catalogOf, configure } from './configure.ts'

const providers = `providers: { demo: { simulated: {} }, east: { like: openai, apiKey: any-key } }`

describe('health', () => {
  it('has defaults, those of the core', () => {
    expect(catalogOf(providers).health).toEqual(defaultHealth)
  })

  it('takes every setting', () => {
    const { health } = catalogOf(`${providers}
health:
  window: 30s
  minimumCalls: 20
  failureRate: 40%
  consecutiveFailures: 3
  openFor: 2s
  maxOpenFor: 20s
  openForWhenQuiet: 15s
  ramp: 10s
  slow: { after: 5s, open: 80% }
  cooldown: { first: 1s, max: 10s, maxRetryAfter: 1m, quota: 10m, auth: 1h }
  checks: { every: 10s, timeout: 2s, providers: [east] }
`)
    expect(health).toEqual({
      windowMs: 30_000,
      minimumCalls: 20,
      failureRate: 0.4,
      consecutiveFailures: 3,
      openForMs: 2_000,
      maxOpenForMs: 20_000,
      openForWhenQuietMs: 15_000,
      rampMs: 10_000,
      slow: { afterMs: 5_000, rate: 0.8 },
      cooldown: {
        firstMs: 1_000,
        maxMs: 10_000,
        maxRetryAfterMs: 60_000,
        quotaMs: 600_000,
        authMs: 3_600_000,
      },
      checks: { everyMs: 10_000, timeoutMs: 2_000, providers: ['east'] },
    })
  })

  it.each([
    ['maxOpenFor: 1s', 'health.maxOpenFor: must be at least `openFor`, 5s, not 1s'],
    ['cooldown: { max: 1s }', 'health.cooldown.max: must be at least `first`, 2s, not 1s'],
    [
      'checks: { every: 5s, timeout: 5s }',
      'health.checks.timeout: must be shorter than `every`, 5s',
    ],
    [
      'checks: { providers: [esat] }',
      'health.checks.providers[0]: "esat" is no provider. Did you mean "east"?',
    ],
    ['failureRate: 0.5', 'health.failureRate: must be a share such as 5%'],
    ['failureRatio: 50%', 'failureRatio'],
  ])('refuses %s', (line, problem) => {
    const { problems } = configure(`${providers}\nhealth: { ${line} }`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  it('warns where a check is not possible', () => {
    const { warnings } = configure(`
providers: { bedrock: { sdk: "@ai-sdk/amazon-bedrock" } }
health: { checks: { providers: [bedrock] } }
`)
    expect(warnings.join()).toContain('"bedrock" is not checked')
  })
})
