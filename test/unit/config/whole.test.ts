import { describe, expect, it } from 'vitest'
import { configurationFromContent } from '../../../src/config/configuration.ts'
import { formatProblem } from '../../../src/config/problem.ts'
import { smallFacts } from './configure.ts'

/** All sections at once, written as people write them. */
const document = `
server:
  listen: 127.0.0.1:4100
  bodyLimit: 32mb
  drainTimeout: 600s
store: sqlite:.waybill/waybill.db

providers:
  openai: { apiKey: "\${OPENAI_API_KEY}" }
  anthropic: { apiKey: "\${ANTHROPIC_API_KEY}", enabled: false }
  google: { apiKey: "\${GEMINI_API_KEY}" }
  east: { like: openai, apiKeys: ["\${K1}", "\${K2}"], region: us-east }
  ollama: { dialect: openai, baseUrl: http://127.0.0.1:11434/v1, models: { llama3.2: { price: free } } }
  bedrock: { sdk: "@ai-sdk/amazon-bedrock", options: { region: us-east-1 } }
  demo: { simulated: { timeToFirstTokenMs: 300, tokensPerSecond: 80, errorRate: 0.02 }, models: { small: { price: { input: 0.1, output: 0.4 } } } }

models:
  fast:
    description: Fast, cost-effective model
    aliases: [quick]
    strategy: latency
    targets: [openai/gpt-4o-mini, { target: google/gemini-2.5-flash, weight: 30 }]
    fallbacks: [smart]
    retry: { attempts: 3, backoff: 100ms, maxBackoff: 2s }
    timeouts: { connect: 3s, firstToken: 15s, idle: 30s, total: 600s }
    hedge: { after: auto, budget: 5% }
  smart: { strategy: { weighted: { latency: 60, cost: 40 } }, targets: [anthropic/claude-sonnet-4-5, openai/gpt-5] }

rules:
  - name: vision
    when: { vision: true }
    prefer: [{ target: anthropic/claude-sonnet-4-5, weight: 40 }, { target: openai/gpt-5, weight: 60 }]

policies:
  default: { allow: ["*"] }
  product-x:
    allow: [fast, "openai/*"]
    auto: { enabled: true, prioritized: [openai/gpt-5, anthropic/claude-sonnet-4-5], available: ["openai/*"] }

clients:
  web: { policy: product-x, key: "sha256:${'5e'.repeat(32)}" }
`

const variables = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'K1', 'K2']

describe('a configuration with all that a gateway can be told', () => {
  const outcome = configurationFromContent(Buffer.from(document), 'waybill.yaml', {
    environment: Object.fromEntries(variables.map((name) => [name, 'key-of-the-test'])),
    facts: smallFacts,
    generation: 1,
  })

  it('is good, with warnings of what does nothing', () => {
    expect(outcome.ok ? [] : outcome.problems.map(formatProblem)).toEqual([])
    expect(outcome.warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'models.fast.targets[1].weight: has no effect with strategy latency; use strategy: random',
      'models.smart.targets[0]: "anthropic/claude-sonnet-4-5" is never asked, because anthropic is disabled',
      'rules[0].prefer[0]: "anthropic/claude-sonnet-4-5" is never preferred, because anthropic is disabled',
      'policies.product-x.auto.prioritized[1]: "anthropic/claude-sonnet-4-5" is never asked, because anthropic is disabled',
    ])
  })

  it('means what it says', () => {
    if (!outcome.ok) throw new Error('it is not good')
    const { aliases, policies, namedRules, clients, providers } = outcome.catalog
    expect(aliases.get('quick')).toMatchObject({
      name: 'fast',
      strategy: { name: 'latency' },
      fallbacks: ['smart'],
      retry: { attempts: 3, backoffMs: 100, maxBackoffMs: 2_000 },
      hedge: { afterMs: null, share: 0.05 },
    })
    expect(aliases.get('smart')?.strategy).toEqual({
      name: 'weighted',
      weights: { latency: 60, cost: 40, success: 0, throughput: 0 },
    })
    expect(providers.get('east')).toMatchObject({ knownAs: 'openai', region: 'us-east' })
    expect(providers.get('east')?.apiKeys).toHaveLength(2)
    expect(namedRules?.get('vision')?.prefer).toMatchObject({ by: 'list', drawn: true })
    const auto = policies.get('product-x')?.auto?.targets.map(({ target }) => target.name)
    expect(auto).toEqual(['openai/gpt-5', 'anthropic/claude-sonnet-4-5', 'openai/gpt-4o-mini'])
    expect(clients.get('web')?.policy.name).toBe('product-x')
  })
})
