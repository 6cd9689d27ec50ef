import { collectFindings } from './problem.ts'
import { configurationSchema } from './schema.ts'
import { withSecrets } from './secrets.ts'
import type { Settings } from './settings.ts'

/** What serves when nothing is configured and no key is found: a provider that only simulates. */
export function demonstration(): Pick<Settings, 'providers' | 'models'> {
  const { providers, models } = configurationSchema.parse({
    providers: {
      demo: {
        // As fast as a fast model, so that a first try is no test of patience.
        simulated: { timeToFirstTokenMs: 40, tokensPerSecond: 600 },
        models: {
          small: { price: { input: 0.1, output: 0.4 }, contextWindow: 128_000 },
          large: { price: { input: 2, output: 8 }, contextWindow: 200_000 },
        },
      },
    },
    models: {
      demo: {
        description: 'Simulated replies, to try Waybill without a provider',
        targets: ['demo/small', 'demo/large'],
      },
    },
  })
  const findings = collectFindings(null, () => null)
  return {
    models,
    providers: Object.fromEntries(
      Object.entries(providers).map(([id, one]) => [id, withSecrets(id, one, {}, findings)]),
    ),
  }
}
