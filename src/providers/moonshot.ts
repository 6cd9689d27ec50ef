import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks } from './openai-compatible.ts'

export const moonshot: KnownProvider = {
  id: 'moonshot',
  name: 'Moonshot AI',
  otherNames: ['moonshotai', 'kimi'],
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://api.moonshot.ai/v1' },
      { dialect: 'anthropic', baseUrl: 'https://api.moonshot.ai/anthropic/v1' },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['MOONSHOT_API_KEY'] }],
  // Thinking models refuse turns that called tools without their reasoning.
  quirks: { ...compatibleQuirks, reasoningField: 'reasoning_content', prefixMark: 'partial' },
  pricedAs: 'moonshotai',
  firstParty: true,
  local: false,
}
