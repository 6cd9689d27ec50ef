import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks } from './openai-compatible.ts'

export const groq: KnownProvider = {
  id: 'groq',
  name: 'Groq',
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://api.groq.com/openai/v1' },
      { dialect: 'openai-responses', baseUrl: 'https://api.groq.com/openai/v1' },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['GROQ_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: 'groq',
  firstParty: false,
  local: false,
}
