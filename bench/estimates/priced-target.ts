import { freePrice } from '../../src/core/account/price.ts'
import type { Target } from '../../src/core/catalog.ts'
import { unknownCapabilities } from '../../src/core/needs.ts'

/** $1 per million tokens in, $10 per million out; writes up to 128 K tokens where nobody stops it. */
export const pricedTarget: Target = {
  name: 'up/model',
  model: 'model',
  provider: {
    id: 'up',
    knownAs: 'up',
    enabled: true,
    region: null,
    reach: {
      kind: 'http',
      addresses: new Map(),
      auth: { kind: 'none' },
      headers: {},
      query: {},
    },
    apiKeys: [],
    strict: false,
    quirks: {},
  },
  price: { ...freePrice, inputNanoUsd: 1_000, outputNanoUsd: 10_000 },
  capabilities: { ...unknownCapabilities, maxOutputTokens: 128_000 },
}
