import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks } from './openai-compatible.ts'

export const xai: KnownProvider = {
  id: 'xai',
  name: 'xAI',
  otherNames: ['x-ai', 'grok'],
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://api.x.ai/v1' },
      { dialect: 'openai-responses', baseUrl: 'https://api.x.ai/v1' },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['XAI_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: 'x-ai',
  firstParty: true,
  local: false,
}
