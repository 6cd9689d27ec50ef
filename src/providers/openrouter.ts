import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks } from './openai-compatible.ts'

export const openrouter: KnownProvider = {
  id: 'openrouter',
  name: 'OpenRouter',
  otherNames: ['open-router'],
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://openrouter.ai/api/v1' },
      { dialect: 'openai-responses', baseUrl: 'https://openrouter.ai/api/v1' },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['OPENROUTER_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: 'openrouter',
  firstParty: false,
  local: false,
}
