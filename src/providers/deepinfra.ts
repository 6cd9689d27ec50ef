import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks } from './openai-compatible.ts'

export const deepinfra: KnownProvider = {
  id: 'deepinfra',
  name: 'DeepInfra',
  otherNames: ['deep-infra'],
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://api.deepinfra.com/v1/openai' },
      { dialect: 'anthropic', baseUrl: 'https://api.deepinfra.com/anthropic/v1' },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['DEEPINFRA_API_KEY'] }, { variables: ['DEEPINFRA_TOKEN'] }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: false,
}
