import { describe, expect, it } from 'vitest'
import { configurationFromEnvironment } from '../../../src/config/configuration.ts'
import type { Environment } from '../../../src/config/settings.ts'
import { smallFacts } from './configure.ts'

const canary = 'sk-canary-0123456789abcdef'

function zero(environment: Environment) {
  const outcome = configurationFromEnvironment({ environment, facts: smallFacts, generation: 1 })
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('\n'))
  return outcome
}

/** `openai https://api.openai.com/v1 bearer` for each provider found. */
function reached(environment: Environment): string[] {
  return [...zero(environment).catalog.providers.values()].map(({ id, reach }) => {
    if (reach.kind !== 'http') return `${id} ${reach.kind}`
    const [address] = reach.addresses.values()
    return `${id} ${address?.origin}${address?.basePath} ${reach.auth.kind}`
  })
}

describe('without a file', () => {
  it('providers are those the environment has keys for', () => {
    const environment = {
      OPENAI_API_KEY: canary,
      ANTHROPIC_API_KEY: canary,
      GOOGLE_API_KEY: canary,
      AWS_BEARER_TOKEN_BEDROCK: canary,
      AWS_REGION: 'eu-central-1',
    }
    expect(reached(environment)).toEqual([
      'openai https://api.openai.com/v1 bearer',
      'anthropic https://api.anthropic.com/v1 header',
      'google https://generativelanguage.googleapis.com/v1beta header',
      'bedrock sdk',
    ])
    const { zero: found, catalog } = zero(environment)
    expect(found.found).toEqual([
      { provider: 'openai', variables: ['OPENAI_API_KEY'] },
      { provider: 'anthropic', variables: ['ANTHROPIC_API_KEY'] },
      { provider: 'google', variables: ['GOOGLE_API_KEY'] },
      { provider: 'bedrock', variables: ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_REGION'] },
    ])
    expect(found.simulated).toBe(false)
    expect(catalog.providers.get('openai')?.apiKeys[0]?.reveal()).toBe(canary)
    expect(catalog.policies.get('default')?.allow).toEqual(['*'])
  })

  it('the first of several key variables is taken', () => {
    const { catalog, zero: found } = zero({
      GOOGLE_API_KEY: 'second-key',
      GEMINI_API_KEY: 'first-key',
    })
    expect(catalog.providers.get('google')?.apiKeys.map((key) => key.reveal())).toEqual([
      'first-key',
    ])
    expect(found.found[0]?.variables).toEqual(['GEMINI_API_KEY'])
  })

  it('address variables are honoured', () => {
    const keys = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', GEMINI_API_KEY: 'k' }
    expect(
      reached({
        ...keys,
        OPENAI_BASE_URL: 'http://127.0.0.1:9000/v1/',
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:9001',
        GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9002/',
      }),
    ).toEqual([
      'openai http://127.0.0.1:9000/v1 bearer',
      'anthropic http://127.0.0.1:9001/v1 header',
      'google http://127.0.0.1:9002/v1beta header',
    ])
    expect(reached({ ...keys, ANTHROPIC_BASE_URL: 'https://proxy/anthropic/v1' })[1]).toBe(
      'anthropic https://proxy/anthropic/v1 header',
    )
  })

  it.each([
    [{ OLLAMA_HOST: '127.0.0.1:9999' }, 'ollama http://127.0.0.1:9999/v1 bearer'],
    [{ OLLAMA_HOST: '0.0.0.0' }, 'ollama http://127.0.0.1:11434/v1 bearer'],
    [{ OLLAMA_HOST: 'https://box.example.com' }, 'ollama https://box.example.com/v1 bearer'],
    [{ OLLAMA_API_KEY: canary }, 'ollama https://ollama.com/v1 bearer'],
    [{ OLLAMA_API_KEY: canary, OLLAMA_HOST: 'box:1' }, 'ollama http://box:1/v1 bearer'],
    [{ VLLM_BASE_URL: 'http://box:8000/v1' }, 'vllm http://box:8000/v1 bearer'],
    [
      { AZURE_API_KEY: canary, AZURE_RESOURCE_NAME: 'mine' },
      'azure https://mine.openai.azure.com/openai/v1 header',
    ],
    [
      { AZURE_OPENAI_API_KEY: canary, AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com/' },
      'azure https://mine.openai.azure.com/openai/v1 header',
    ],
    [{ ANTHROPIC_AUTH_TOKEN: canary }, 'anthropic https://api.anthropic.com/v1 bearer'],
  ])('%j', (environment, provider) => {
    expect(reached(environment)).toEqual([provider])
  })

  it.each([
    [{}],
    [{ OPENAI_API_KEY: '' }],
    [{ OPENAI_API_KEY: '  ' }],
    [{ OPENAI_BASE_URL: 'http://somewhere/v1' }],
    [{ GITHUB_TOKEN: canary }],
    [{ AWS_ACCESS_KEY_ID: canary, AWS_SECRET_ACCESS_KEY: canary, AWS_REGION: 'us-east-1' }],
    [{ AZURE_API_KEY: canary }],
    [{ OPENAI_API_KEY: 'wb-this-gateway-gave-it-out' }],
  ])('with %j a simulated provider serves', (environment) => {
    const { catalog, zero: found, settings } = zero(environment)
    expect(found.simulated).toBe(true)
    expect(found.found).toEqual([])
    expect([...catalog.providers.keys()]).toEqual(['demo'])
    expect(catalog.providers.get('demo')?.reach.kind).toBe('simulated')
    expect(catalog.aliases.get('demo')?.targets.map(({ target }) => target.name)).toEqual([
      'demo/small',
      'demo/large',
    ])
    expect(settings.server.listen).toEqual({ host: '127.0.0.1', port: 4100 })
  })

  it('an address that leads back to the gateway is not followed', () => {
    const environment = {
      ANTHROPIC_API_KEY: canary,
      ANTHROPIC_BASE_URL: 'http://localhost:4100',
      OPENAI_API_KEY: canary,
      OPENAI_BASE_URL: 'http://127.0.0.1:4100/v1',
    }
    expect(reached(environment)).toEqual([
      'openai https://api.openai.com/v1 bearer',
      'anthropic https://api.anthropic.com/v1 header',
    ])
    expect(zero(environment).zero.notes).toEqual([
      'OPENAI_BASE_URL points at this gateway itself, so it is not used.',
      'ANTHROPIC_BASE_URL points at this gateway itself, so it is not used.',
    ])
  })

  it('says what keeps a found key from being used', () => {
    expect(zero({ AZURE_API_KEY: canary }).zero.notes).toEqual([
      'AZURE_API_KEY is set, and Azure OpenAI also needs AZURE_RESOURCE_NAME.',
    ])
    expect(zero({ OLLAMA_HOST: 'http://:bad:' }).zero.notes).toEqual([
      'OLLAMA_HOST is set and holds no address, so it is not used.',
    ])
  })

  it('what is told about the environment holds names, never values', () => {
    const { zero: found } = zero({
      OPENAI_API_KEY: canary,
      OPENAI_BASE_URL: `http://${canary}@host/`,
      AZURE_API_KEY: canary,
      AZURE_RESOURCE_NAME: `${canary}/..`,
    })
    expect(JSON.stringify({ found: found.found, notes: found.notes })).not.toContain(canary)
    expect(JSON.stringify(found.settings)).not.toContain(canary)
  })

  it('may listen elsewhere, but not beyond this machine', () => {
    const context = { environment: {}, facts: smallFacts, generation: 1 }
    const here = configurationFromEnvironment({ ...context, listen: { host: '::1', port: 0 } })
    expect(here.ok && here.settings.server.listen).toEqual({ host: '::1', port: 0 })
    const open = configurationFromEnvironment({ ...context, listen: { host: '0.0.0.0', port: 80 } })
    expect(open.ok ? [] : open.problems.map(({ message }) => message)).toEqual([
      '0.0.0.0:80 can be reached from other machines, and no client has a key; add clients, or listen on 127.0.0.1:80',
    ])
  })
})
